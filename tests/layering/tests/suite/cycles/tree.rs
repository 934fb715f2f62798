//! The modules of a crate, and which module imports which.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::{Path, PathBuf},
};

use syn::{Expr, ExprLit, Item, ItemMod, Lit, Meta};

use super::source::{Mention, Source};

/// Reads a file. `None` if the file does not exist.
pub type Read<'r> = &'r dyn Fn(&Path) -> Option<String>;

/// How many re-exports of re-exports are followed. A longer chain is a name that stands for itself, such as `use
/// http::{self}`.
const DEPTH: u8 = 8;

struct Module {
    /// A name such as `film::encode`. It is empty for the crate's root.
    name: String,
    file: PathBuf,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    names: BTreeMap<String, Vec<String>>,
    mentions: Vec<Mention>,
}

pub struct Tree(Vec<Module>);

impl Tree {
    /// Reads the crate whose root is `file`, by its `mod` declarations.
    pub fn read(file: &Path, read: Read) -> Self {
        let mut tree = Self(Vec::new());
        let text = read(file).unwrap_or_else(|| panic!("{} is missing", file.display()));
        tree.add(String::new(), file, folder_of(file), None, &parse(file, &text), read);
        tree
    }

    /// Adds a module and all modules below it. The files of the modules that it declares are in `folder`.
    fn add(
        &mut self,
        name: String,
        file: &Path,
        folder: &Path,
        parent: Option<usize>,
        items: &[Item],
        read: Read,
    ) -> usize {
        let index = self.0.len();
        let Source { modules, names, mentions } = Source::read(items);
        self.0.push(Module { name, file: file.to_owned(), parent, children: BTreeMap::new(), names, mentions });
        for module in modules {
            let child = self.add_child(index, module, folder, read);
            self.0[index].children.insert(module.ident.to_string(), child);
        }
        index
    }

    fn add_child(&mut self, parent: usize, module: &ItemMod, folder: &Path, read: Read) -> usize {
        let ident = module.ident.to_string();
        let Module { name: above, file: declared_in, .. } = &self.0[parent];
        let name = if above.is_empty() { ident.clone() } else { format!("{above}::{ident}") };
        if let Some((_, items)) = &module.content {
            let file = declared_in.clone();
            return self.add(name, &file, &folder.join(ident), Some(parent), items, read);
        }
        let own_folder = folder.join(&ident);
        let candidates = match path_attribute(module) {
            Some(path) => vec![folder_of(declared_in).join(path)],
            None => vec![own_folder.with_extension("rs"), own_folder.join("mod.rs")],
        };
        let found = candidates.iter().find_map(|file| Some((file, read(file)?)));
        let (file, text) = found.unwrap_or_else(|| panic!("{}: no file of mod {ident}", declared_in.display()));
        self.add(name, file, &own_folder, Some(parent), &parse(file, &text), read)
    }

    /// Adds to `found` the modules that `path` names, seen from `at`: the module in which the path ends, and for a
    /// re-export also the module from which the name comes. Returns the module in which the path ends, unless the
    /// path goes on to something in it.
    ///
    /// Names that are imported by `*` are not followed. Such an import counts as one of the module before the `*`.
    fn follow(&self, mut at: usize, path: &[String], depth: u8, found: &mut BTreeSet<usize>) -> Option<usize> {
        for segment in path {
            let module = &self.0[at];
            at = match (segment.as_str(), module.children.get(segment)) {
                ("crate", _) => 0,
                ("self", _) => at,
                ("super", _) => module.parent?,
                (_, Some(child)) => *child,
                (name, None) => {
                    found.insert(at);
                    let meant = module.names.get(name).filter(|_| depth > 0)?;
                    self.follow(at, meant, depth - 1, found)?
                }
            };
        }
        found.insert(at);
        Some(at)
    }

    /// Which module imports which, and the first line that does. A module and the modules in it count as one, and are
    /// left out.
    fn imports(&self) -> BTreeMap<(usize, usize), usize> {
        let mut imports = BTreeMap::new();
        for (from, module) in self.0.iter().enumerate() {
            for mention in &module.mentions {
                let mut found = BTreeSet::new();
                self.follow(from, &mention.path, DEPTH, &mut found);
                for to in found.into_iter().filter(|to| !self.is_within(from, *to) && !self.is_within(*to, from)) {
                    let line = imports.entry((from, to)).or_insert(mention.line);
                    *line = mention.line.min(*line);
                }
            }
        }
        imports
    }

    fn is_within(&self, mut inner: usize, outer: usize) -> bool {
        while let (true, Some(parent)) = (inner != outer, self.0[inner].parent) {
            inner = parent;
        }
        inner == outer
    }

    /// All pairs of modules that import each other.
    pub fn mutual(&self) -> Vec<Mutual> {
        let imports = self.imports();
        let import = |from: usize, to: usize, line: usize| {
            let Module { name, file, .. } = &self.0[from];
            Import { name: name.clone(), file: file.clone(), line, imported: self.0[to].name.clone() }
        };
        let pairs = imports.iter().filter(|((one, other), _)| one < other);
        pairs
            .filter_map(|(&(one, other), &line)| {
                let back = *imports.get(&(other, one))?;
                Some(Mutual([import(one, other, line), import(other, one, back)]))
            })
            .collect()
    }
}

pub struct Import {
    pub name: String,
    pub file: PathBuf,
    pub line: usize,
    pub imported: String,
}

pub struct Mutual(pub [Import; 2]);

impl fmt::Display for Mutual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, other] = &self.0;
        writeln!(f, "{} and {} import each other:", one.name, other.name)?;
        for Import { name, file, line, imported } in &self.0 {
            writeln!(f, "  {}:{line}: {name} imports {imported}", file.display())?;
        }
        Ok(())
    }
}

fn parse(file: &Path, text: &str) -> Vec<Item> {
    syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", file.display())).items
}

fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

/// The file that `#[path]` names.
fn path_attribute(module: &ItemMod) -> Option<String> {
    module.attrs.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}
