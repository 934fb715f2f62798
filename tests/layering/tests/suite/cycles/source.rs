//! The content of one file or inline module: its modules, the names that it imports, and every path that it mentions.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{
    Attribute, ImplItem, Item, ItemConst, ItemEnum, ItemFn, ItemImpl, ItemMacro, ItemMod, ItemStatic, ItemStruct,
    ItemTrait, ItemType, ItemUse, Macro, Meta, Path, UseTree,
    ext::IdentExt as _,
    visit::{self, Visit},
};

/// A path as written, without its generics, and its line.
pub struct Mention {
    pub path: Vec<String>,
    pub line: usize,
}

#[derive(Default)]
pub struct Source<'s> {
    pub modules: Vec<&'s ItemMod>,
    /// Each name that a `use` imports, and the path for which it stands.
    pub names: BTreeMap<String, Vec<String>>,
    pub mentions: Vec<Mention>,
}

impl<'s> Source<'s> {
    pub fn read(items: &'s [Item]) -> Self {
        let mut source = Self::default();
        for item in items {
            source.visit_item(item);
        }
        source
    }

    fn bring_in(&mut self, tree: &UseTree, before: &[String]) {
        let longer = |ident: &Ident| [before, &[name(ident)]].concat();
        match tree {
            UseTree::Path(path) => self.bring_in(&path.tree, &longer(&path.ident)),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.bring_in(tree, before)),
            UseTree::Name(leaf) if leaf.ident == "self" => {
                self.bring_in_as(before.last().cloned(), before, &leaf.ident);
            }
            UseTree::Name(leaf) => self.bring_in_as(Some(name(&leaf.ident)), &longer(&leaf.ident), &leaf.ident),
            UseTree::Rename(leaf) => {
                let path = if leaf.ident == "self" { before.to_vec() } else { longer(&leaf.ident) };
                self.bring_in_as(Some(name(&leaf.rename)), &path, &leaf.ident);
            }
            UseTree::Glob(glob) => self.mention(before.to_vec(), glob.star_token.spans[0].start().line),
        }
    }

    fn bring_in_as(&mut self, name: Option<String>, path: &[String], at: &Ident) {
        self.names.extend(name.map(|name| (name, path.to_vec())));
        self.mention(path.to_vec(), at.span().start().line);
    }

    fn mention(&mut self, path: Vec<String>, line: usize) {
        self.mentions.push(Mention { path, line });
    }

    /// For the parser, the arguments of a macro are only tokens. Paths in them are found by their colons.
    fn scan(&mut self, tokens: TokenStream) {
        let (mut path, mut line, mut colons) = (Vec::new(), 0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.mention(std::mem::take(&mut path), line);
                    }
                    (line, colons) = (ident.span().start().line, 0);
                    path.push(name(&ident));
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.mention(std::mem::take(&mut path), line);
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.scan(group.stream());
                    }
                }
            }
        }
        self.mention(path, line);
    }
}

impl<'s> Visit<'s> for Source<'s> {
    fn visit_item(&mut self, item: &'s Item) {
        match item {
            item if is_for_tests(attributes(item)) => {}
            Item::Mod(module) => self.modules.push(module),
            // A path with a leading `::` belongs to another crate.
            Item::Use(item) if item.leading_colon.is_none() => self.bring_in(&item.tree, &[]),
            item => visit::visit_item(self, item),
        }
    }

    fn visit_impl_item(&mut self, item: &'s ImplItem) {
        if !matches!(item, ImplItem::Fn(function) if is_for_tests(&function.attrs)) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_path(&mut self, path: &'s Path) {
        if let (None, Some(first)) = (path.leading_colon, path.segments.first()) {
            let line = first.ident.span().start().line;
            self.mention(path.segments.iter().map(|segment| name(&segment.ident)).collect(), line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'s Macro) {
        self.scan(called.tokens.clone());
        visit::visit_macro(self, called);
    }
}

fn name(ident: &Ident) -> String {
    ident.unraw().to_string()
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(ItemConst { attrs, .. })
        | Item::Enum(ItemEnum { attrs, .. })
        | Item::Fn(ItemFn { attrs, .. })
        | Item::Impl(ItemImpl { attrs, .. })
        | Item::Macro(ItemMacro { attrs, .. })
        | Item::Mod(ItemMod { attrs, .. })
        | Item::Static(ItemStatic { attrs, .. })
        | Item::Struct(ItemStruct { attrs, .. })
        | Item::Trait(ItemTrait { attrs, .. })
        | Item::Type(ItemType { attrs, .. })
        | Item::Use(ItemUse { attrs, .. }) => attrs,
        _ => &[],
    }
}

/// Whether the attributes have `#[cfg(test)]`, or an `all` that includes `test`.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string();
            condition == "test" || condition.starts_with("all (test")
        }
        _ => false,
    })
}
