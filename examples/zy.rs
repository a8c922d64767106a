use macproof::mistakes::*; use macproof::scheme::*; 
fn main(){
 let s=macproof::suite::find("jimo").unwrap().parse().unwrap();
 let mut rows=vec![];
 for v in &s.vectors { let t=std::time::Instant::now();
  let mut worst=(0u128,"");
  for m in catalogue() { if m.applies(&s.scheme).is_err(){continue;} let r=&v.request; let t1=std::time::Instant::now();
   let _=Mistaken::one(m).call(&Call{op:r.op,scheme:&s.scheme,secrets:&r.secrets,fields:&r.fields,token:r.token.as_ref(),now:r.now});
   let e=t1.elapsed().as_micros(); if e>worst.0 {worst=(e,m.id.as_str());} }
  rows.push((t.elapsed().as_micros(),v.id.to_string(),worst)); }
 let tot:u128=rows.iter().map(|r|r.0).sum(); rows.sort(); rows.reverse(); println!("total {tot}"); for r in rows.iter().take(25){println!("{r:?}");}
 println!("median {:?}", rows[rows.len()/2]);
}
