//! The products of a CSAF document, and what they are made of.

use std::collections::HashMap;

use serde::Deserialize;

use crate::vex::field::{self, Budget, broken, name, package_url};
use crate::vex::{PackageUrl, Product, Subject, VexError};

/// How many package URLs a product may have.
const MAX_PURLS: usize = 100;
/// How many products may be parts one of another.
const MAX_CHAIN: usize = 8;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ProductTree {
    branches: Vec<Branch>,
    full_product_names: Vec<ProductMember>,
    relationships: Vec<Relationship>,
    product_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Branch {
    product: Option<ProductMember>,
    #[serde(default)]
    branches: Vec<Branch>,
}

#[derive(Deserialize)]
struct ProductMember {
    product_id: String,
    product_identification_helper: Option<Helper>,
}

#[derive(Deserialize)]
struct Helper {
    cpe: Option<String>,
    purl: Option<String>,
    #[serde(default)]
    purls: Vec<String>,
}

#[derive(Deserialize)]
struct Relationship {
    category: String,
    full_product_name: ProductMember,
    product_reference: String,
    relates_to_product_reference: String,
}

#[derive(Deserialize)]
struct Group {
    group_id: String,
    product_ids: Vec<String>,
}

/// The products by their ids.
#[derive(Default)]
pub(super) struct Products {
    known: HashMap<String, Known>,
    groups: HashMap<String, Vec<String>>,
}

#[derive(PartialEq, Eq)]
enum Known {
    /// A product by its own names; by none where there is nothing it can be told by.
    Alone(Vec<Subject>),
    /// A product as a part of another.
    Part { part: String, whole: String },
    /// A product beside another.
    Beside,
}

impl Products {
    pub(super) fn read(tree: ProductTree, budget: &mut Budget) -> Result<Self, VexError> {
        let mut products = Self::default();
        for (number, branch) in tree.branches.into_iter().enumerate() {
            products.branch(&format!("product_tree.branches[{number}]"), branch, budget)?;
        }
        for (number, member) in tree.full_product_names.into_iter().enumerate() {
            products.alone(&format!("product_tree.full_product_names[{number}]"), member, budget)?;
        }
        for (number, relationship) in tree.relationships.into_iter().enumerate() {
            products.relationship(&format!("product_tree.relationships[{number}]"), relationship, budget)?;
        }
        for (number, group) in tree.product_groups.into_iter().enumerate() {
            budget.take(&format!("product_tree.product_groups[{number}]"), 1 + group.product_ids.len())?;
            products.groups.insert(group.group_id, group.product_ids);
        }
        Ok(products)
    }

    /// The members of a group.
    pub(super) fn group(&self, id: &str) -> Option<&[String]> {
        self.groups.get(id).map(Vec::as_slice)
    }

    /// What a product id names: usually one product, several where a product has several package URLs. None where no
    /// product has the id.
    pub(super) fn named(&self, id: &str) -> Option<Vec<Product>> {
        Some(match self.known.get(id)? {
            Known::Alone(subjects) => subjects.iter().cloned().map(alone).collect(),
            Known::Part { part, whole } => self.part_of(part, whole).unwrap_or_else(|| vec![alone(unknown(id))]),
            Known::Beside => vec![alone(unknown(id))],
        })
    }

    /// A part of a product; none where that is more than can be told of what is in an image.
    fn part_of(&self, part: &str, whole: &str) -> Option<Vec<Product>> {
        let Some(Known::Alone(parts)) = self.known.get(part) else { return None };
        let (wholes, module) = self.whole(whole)?;
        let is_image =
            |part: &Subject| part.purl.as_ref().is_some_and(|purl| purl.kind() == "oci" && purl.version().is_some());
        if parts.iter().any(is_image) {
            // A digest is the same image whatever it is a part of.
            return Some(parts.iter().filter(|part| is_image(part)).cloned().map(alone).collect());
        }
        let of_module = |part: &Subject| {
            let purl = part.purl.clone().map(|purl| match &module {
                Some(module) => purl.qualified("rpmmod", module),
                None => purl,
            });
            Subject { purl, ..part.clone() }
        };
        let parts: Vec<_> = parts.iter().map(of_module).collect();
        Some(wholes.iter().map(|whole| Product { subject: whole.clone(), subcomponents: parts.clone() }).collect())
    }

    /// What something is a part of in the end, and the module in between; none where there is anything else in between.
    fn whole(&self, id: &str) -> Option<(&[Subject], Option<String>)> {
        let (mut id, mut module) = (id, None);
        for _ in 0..MAX_CHAIN {
            match self.known.get(id)? {
                Known::Alone(subjects) => return Some((subjects, module)),
                Known::Part { part, whole } => {
                    let Some(Known::Alone(subjects)) = self.known.get(part.as_str()) else { return None };
                    let found = subjects.iter().find_map(|subject| subject.purl.as_ref()?.module());
                    module = Some(found.filter(|_| module.is_none())?);
                    id = whole;
                }
                Known::Beside => return None,
            }
        }
        None
    }

    /// As deep as the reader of JSON went.
    fn branch(&mut self, at: &str, branch: Branch, budget: &mut Budget) -> Result<(), VexError> {
        if let Some(member) = branch.product {
            self.alone(&format!("{at}.product"), member, budget)?;
        }
        for (number, inner) in branch.branches.into_iter().enumerate() {
            self.branch(&format!("{at}.branches[{number}]"), inner, budget)?;
        }
        Ok(())
    }

    fn alone(&mut self, at: &str, member: ProductMember, budget: &mut Budget) -> Result<(), VexError> {
        let helper = member.product_identification_helper;
        let (mut purls, mut cpe) = (Vec::new(), None);
        if let Some(helper) = helper {
            let at = format!("{at}.product_identification_helper");
            if helper.purls.len() > MAX_PURLS {
                return Err(broken(&format!("{at}.purls"), "it has more than 100 members"));
            }
            for purl in helper.purl.iter().chain(&helper.purls) {
                purls.push(package_url(&format!("{at}.purl"), purl)?);
            }
            cpe = helper.cpe.as_ref().map(|text| field::cpe(&format!("{at}.cpe"), text)).transpose()?;
        }
        budget.take(at, 1 + purls.len())?;
        let id = member.product_id.clone();
        let subject = |purl: Option<PackageUrl>| Subject { id: id.clone(), purl, cpe: cpe.clone() };
        let subjects = if purls.is_empty() {
            vec![subject(None)]
        } else {
            purls.into_iter().map(|purl| subject(Some(purl))).collect()
        };
        self.define(at, member.product_id, Known::Alone(subjects))
    }

    fn relationship(&mut self, at: &str, relationship: Relationship, budget: &mut Budget) -> Result<(), VexError> {
        budget.take(at, 1)?;
        let known = match relationship.category.as_str() {
            "default_component_of" | "optional_component_of" | "installed_on" => {
                Known::Part { part: relationship.product_reference, whole: relationship.relates_to_product_reference }
            }
            "external_component_of" | "installed_with" => Known::Beside,
            _ => return Err(broken(&format!("{at}.category"), "it is none of the categories of CSAF")),
        };
        self.define(&format!("{at}.full_product_name"), relationship.full_product_name.product_id, known)
    }

    fn define(&mut self, at: &str, id: String, known: Known) -> Result<(), VexError> {
        name(&format!("{at}.product_id"), &id)?;
        match self.known.get(&id) {
            Some(other) if *other != known => {
                Err(broken(&format!("{at}.product_id"), "another product has the same id"))
            }
            Some(_) => Ok(()),
            None => {
                self.known.insert(id, known);
                Ok(())
            }
        }
    }
}

fn alone(subject: Subject) -> Product {
    Product { subject, subcomponents: Vec::new() }
}

/// What nothing in an image can be told to be.
fn unknown(id: &str) -> Subject {
    Subject { id: id.to_owned(), purl: None, cpe: None }
}
