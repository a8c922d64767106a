use macproof::strength::*; use macproof::suite::Level;
fn main(){
 let only=std::env::args().nth(1);
 let a=std::time::Instant::now();
 for e in macproof::suite::embedded() {
  if let Some(o)=&only { if e.name!=o {continue;} }
  let s=e.parse().unwrap();
  let t=std::time::Instant::now();
  let st=strength(&s);
  println!("=== {} {} vectors {:?}", e.name, s.vectors.len(), t.elapsed());
  for p in &st.mistakes { match &p.fate {
    Fate::Caught(c) => { let m=c.iter().filter(|c|c.level!=Level::May).count(); if m==0 { println!("  {} must/should {m} may {} {:?}", p.mistake.id, c.len()-m, c.first().map(|c|s.vectors[c.vector].id.to_string())); } }
    Fate::Equivalent(r)=>if only.is_some(){println!("  {} = {r}",p.mistake.id)}, Fate::Missed(_)=>{} } }
  let idle:Vec<_>=st.idle.iter().map(|i|s.vectors[*i].id.to_string()).collect();
  println!("  idle {} {}", idle.len(), idle.join(" "));
 }
 println!("{:?}",a.elapsed());
}
