//! The ids that git gives to files and trees.

use std::collections::BTreeMap;

use sha1::Sha1;
use sha2::{Digest, Sha256};

/// A file of a tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TreeEntry<'t> {
    /// `100644`, `100755` where it is executable, `120000` where it is a link, `160000` where it is
    /// a submodule.
    pub(crate) mode: &'t [u8],
    /// Its id in hex.
    pub(crate) id: &'t [u8],
    /// From the root, with `/` between the parts.
    pub(crate) path: &'t [u8],
}

impl<'t> TreeEntry<'t> {
    /// Reads a line of `git ls-tree`: `100644 blob 9c59e24b…<TAB>src/sdk.py`.
    pub(crate) fn parse(line: &'t [u8]) -> Option<Self> {
        let tab = line.iter().position(|&byte| byte == b'\t')?;
        let mut words = line[..tab].split(|&byte| byte == b' ');
        let (mode, _, id) = (words.next()?, words.next()?, words.next()?);
        Some(Self {
            mode,
            id,
            path: &line[tab + 1..],
        })
    }

    /// Whether it has these bytes.
    pub(crate) fn is_of(&self, bytes: &[u8]) -> bool {
        let is_sha256 = self.id.len() == 64;
        hex::encode(object_id("blob", bytes, is_sha256)).as_bytes() == self.id
    }
}

/// The id of the tree that holds these files, in hex.
pub(crate) fn tree_id<'t>(entries: &'t [TreeEntry<'t>], is_sha256: bool) -> String {
    let mut tree = Tree::default();
    for entry in entries {
        tree.add(entry.path, entry);
    }
    hex::encode(tree.id(is_sha256))
}

/// A folder of a tree, made from its files.
#[derive(Default)]
struct Tree<'t> {
    /// By name; git sorts a folder as if its name ended with `/`.
    entries: BTreeMap<Vec<u8>, Node<'t>>,
}

enum Node<'t> {
    File(&'t TreeEntry<'t>),
    Folder(Tree<'t>),
}

impl<'t> Tree<'t> {
    fn add(&mut self, path: &'t [u8], entry: &'t TreeEntry<'t>) {
        match path.iter().position(|&byte| byte == b'/') {
            None => {
                self.entries.insert(path.to_vec(), Node::File(entry));
            }
            Some(end) => {
                let folder = self
                    .entries
                    .entry(path[..=end].to_vec())
                    .or_insert_with(|| Node::Folder(Tree::default()));
                if let Node::Folder(folder) = folder {
                    folder.add(&path[end + 1..], entry);
                }
            }
        }
    }

    fn id(&self, is_sha256: bool) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, node) in &self.entries {
            let (mode, id) = match node {
                Node::File(entry) => (entry.mode, hex::decode(entry.id).unwrap_or_default()),
                Node::Folder(folder) => (&b"40000"[..], folder.id(is_sha256)),
            };
            bytes.extend_from_slice(mode);
            bytes.push(b' ');
            bytes.extend_from_slice(name.strip_suffix(b"/").unwrap_or(name));
            bytes.push(0);
            bytes.extend_from_slice(&id);
        }
        object_id("tree", &bytes, is_sha256)
    }
}

/// The id of a git object: the digest of its type, its length and its bytes.
fn object_id(kind: &str, bytes: &[u8], is_sha256: bool) -> Vec<u8> {
    fn of<D: Digest>(kind: &str, bytes: &[u8]) -> Vec<u8> {
        let mut digest = D::new();
        digest.update(format!("{kind} {}\0", bytes.len()));
        digest.update(bytes);
        digest.finalize().to_vec()
    }
    if is_sha256 {
        of::<Sha256>(kind, bytes)
    } else {
        of::<Sha1>(kind, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::object_id;

    /// As `git hash-object` prints them of an empty file and an empty tree.
    #[test]
    fn object_ids_are_those_of_git() {
        let id = |kind, is_sha256| hex::encode(object_id(kind, b"", is_sha256));
        assert_eq!(
            id("blob", false),
            "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
        );
        assert_eq!(
            id("tree", false),
            "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
        );
        assert_eq!(
            id("blob", true),
            "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"
        );
    }
}
