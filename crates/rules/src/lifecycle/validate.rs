//! From the text of a policy to a [`Policy`], or to the reason why not.

use super::document::{Action, Criterion, MAX_RULES, MAX_TEXT, MIN_ARCHIVED_DAYS, Policy, Rule, StorageClass, Tags};
use super::error::{Place, PolicyError};
use super::json::Node;
use super::pattern::TagPattern;

/// The longest description, in characters.
const MAX_DESCRIPTION: usize = 256;
/// The longest prefix or pattern, in characters: as long as the longest tag the API takes.
const MAX_TAG: usize = 300;
/// The greatest number in a policy.
const MAX_NUMBER: u32 = i32::MAX as u32;
/// How much of a value errors repeat, in characters.
const SHOWN: usize = 100;

impl Policy {
    /// Reads the text of a policy.
    ///
    /// # Errors
    /// [`PolicyError`] names the first thing that is wrong with it: first in the order of the document, then in how the
    /// rules go together. The least length the API asks of a text is not checked here.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let length = text.chars().take(MAX_TEXT * 4).count();
        if length > MAX_TEXT {
            return Err(PolicyError::TooMuchText(length));
        }
        let document = Node::read(text).map_err(PolicyError::NotJson)?;
        let document = Members::of(&document, Place { rule: None, member: "", index: None })?;
        document.allow(&["rules"], &["rules"])?;
        let rules = document.list("rules", MAX_RULES)?;
        let mut rules =
            rules.iter().enumerate().map(|(at, rule)| read_rule(rule, at)).collect::<Result<Vec<_>, _>>()?;
        rules.sort_by_key(|rule| rule.priority);
        check_together(&rules)?;
        Ok(Self { rules })
    }
}

fn read_rule(node: &Node, at: usize) -> Result<Rule, PolicyError> {
    let rule = Members::of(node, Place { rule: Some(at), member: "", index: None })?;
    rule.allow(&["action", "rulePriority", "selection"], &["action", "description", "rulePriority", "selection"])?;
    let priority = rule.number("rulePriority", "rulePriority", 1)?;
    let description =
        rule.get("description").map(|node| rule.text(node, "description", MAX_DESCRIPTION)).transpose()?;
    let action = read_action(rule.require("action"), at)?;
    let (tags, criterion) = read_selection(rule.require("selection"), at, action)?;
    Ok(Rule { priority, description: description.map(str::to_owned), tags, criterion })
}

fn read_action(node: &Node, at: usize) -> Result<Action, PolicyError> {
    let action = Members::of(node, Place { rule: Some(at), member: "action", index: None })?;
    action.allow(&["type"], &["targetStorageClass", "type"])?;
    let fail = |why| Err(PolicyError::Action { at: action.place.clone(), why });
    match (action.require("type"), action.get("targetStorageClass")) {
        (Node::Text(kind), None) if kind == "expire" => Ok(Action::Expire),
        (Node::Text(kind), Some(_)) if kind == "expire" => {
            fail("targetStorageClass is only allowed with type transition")
        }
        (Node::Text(kind), Some(Node::Text(class))) if kind == "transition" && class == "archive" => {
            Ok(Action::Archive)
        }
        (Node::Text(kind), None) if kind == "transition" => fail("type transition requires targetStorageClass"),
        (Node::Text(kind), Some(_)) if kind == "transition" => fail("targetStorageClass must be archive"),
        _ => fail("type must be expire or transition"),
    }
}

fn read_selection(node: &Node, at: usize, action: Action) -> Result<(Tags, Criterion), PolicyError> {
    let selection = Members::of(node, Place { rule: Some(at), member: "selection", index: None })?;
    selection.allow(
        &["countNumber", "countType", "tagStatus"],
        &["countNumber", "countType", "countUnit", "storageClass", "tagPatternList", "tagPrefixList", "tagStatus"],
    )?;
    let tags = read_tags(&selection)?;
    let criterion = read_criterion(&selection, action)?;
    Ok((tags, criterion))
}

fn read_tags(selection: &Members<'_>) -> Result<Tags, PolicyError> {
    const STATUS: &str = "selection.tagStatus";
    const PREFIXES: &str = "selection.tagPrefixList";
    const PATTERNS: &str = "selection.tagPatternList";
    let status = selection.word("tagStatus", STATUS, &["any", "tagged", "untagged"])?;
    let lists = (selection.get("tagPrefixList"), selection.get("tagPatternList"));
    match (status, lists) {
        ("tagged", (Some(prefixes), None)) => Ok(Tags::Prefixes(read_prefixes(selection, prefixes, PREFIXES)?)),
        ("tagged", (None, Some(patterns))) => Ok(Tags::Patterns(read_patterns(selection, patterns, PATTERNS)?)),
        ("tagged", (Some(_), Some(_))) => Err(PolicyError::BothLists { at: selection.place.clone() }),
        ("tagged", (None, None)) => Err(PolicyError::WhichTags { at: selection.place.clone() }),
        (_, (Some(_), _)) => Err(PolicyError::TagsOfUntagged { at: selection.at(PREFIXES, None) }),
        (_, (_, Some(_))) => Err(PolicyError::TagsOfUntagged { at: selection.at(PATTERNS, None) }),
        ("untagged", _) => Ok(Tags::Untagged),
        _ => Ok(Tags::Any),
    }
}

/// The prefixes, sorted and each once: what every one of them asks for is asked for once.
fn read_prefixes(selection: &Members<'_>, node: &Node, member: &'static str) -> Result<Vec<String>, PolicyError> {
    let mut prefixes: Vec<String> = selection.texts(node, member)?.into_iter().map(str::to_owned).collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    Ok(prefixes)
}

fn read_patterns(selection: &Members<'_>, node: &Node, member: &'static str) -> Result<Vec<TagPattern>, PolicyError> {
    let texts = selection.texts(node, member)?;
    let pattern = |(index, text): (usize, &str)| {
        TagPattern::new(text).ok_or_else(|| PolicyError::Wildcards {
            at: selection.at(member, Some(index)),
            pattern: shown(text),
            wildcards: text.matches('*').count(),
        })
    };
    let mut patterns = texts.into_iter().enumerate().map(pattern).collect::<Result<Vec<_>, _>>()?;
    patterns.sort_unstable();
    patterns.dedup();
    Ok(patterns)
}

fn read_criterion(selection: &Members<'_>, action: Action) -> Result<Criterion, PolicyError> {
    let fail = |why| Err(PolicyError::Combination { at: selection.place.clone(), why });
    let number = selection.number("countNumber", "selection.countNumber", 1)?;
    let class = match selection.get("storageClass") {
        None => None,
        Some(Node::Text(class)) if class == "standard" => Some(StorageClass::Standard),
        Some(Node::Text(class)) if class == "archive" => Some(StorageClass::Archive),
        Some(_) => return fail("storageClass must be standard or archive"),
    };
    let in_days = match selection.get("countUnit") {
        None => false,
        Some(Node::Text(unit)) if unit == "days" => true,
        Some(_) => return fail("countUnit must be days"),
    };
    let Node::Text(kind) = selection.require("countType") else { return fail(COUNT_TYPES) };
    let criterion = match (kind.as_str(), action) {
        ("imageCountMoreThan", action) => Criterion::CountMoreThan { keep: number, action },
        ("sinceImagePushed", action) => Criterion::SincePushed { days: number, action },
        ("sinceImagePulled", Action::Archive) => Criterion::SincePulled { days: number },
        ("sinceImagePulled", Action::Expire) => {
            return fail("countType sinceImagePulled is only allowed with action type transition");
        }
        ("sinceImageTransitioned", Action::Expire) => Criterion::SinceTransitioned { days: number },
        ("sinceImageTransitioned", Action::Archive) => {
            return fail("countType sinceImageTransitioned is only allowed with action type expire");
        }
        _ => return fail(COUNT_TYPES),
    };
    match (criterion, in_days) {
        (Criterion::CountMoreThan { .. }, true) => {
            return fail("countUnit is not allowed with countType imageCountMoreThan");
        }
        (Criterion::CountMoreThan { .. }, false) | (_, true) => {}
        (_, false) => {
            return fail(
                "countUnit is required with countType sinceImagePushed, sinceImagePulled and sinceImageTransitioned",
            );
        }
    }
    match (criterion.storage_class(), class) {
        (StorageClass::Standard, Some(StorageClass::Archive)) => {
            fail("storageClass archive is only allowed with countType sinceImageTransitioned")
        }
        (StorageClass::Archive, None | Some(StorageClass::Standard)) => {
            fail("countType sinceImageTransitioned requires storageClass archive")
        }
        (StorageClass::Archive, _) if number < MIN_ARCHIVED_DAYS => Err(PolicyError::TooLow {
            at: selection.at("selection.countNumber", None),
            minimum: MIN_ARCHIVED_DAYS,
            found: number.to_string(),
        }),
        _ => Ok(criterion),
    }
}

const COUNT_TYPES: &str =
    "countType must be imageCountMoreThan, sinceImagePushed, sinceImagePulled or sinceImageTransitioned";

/// Checks what holds between rules, which are in the order of their priorities.
fn check_together(rules: &[Rule]) -> Result<(), PolicyError> {
    if let Some(pair) = rules.windows(2).find(|pair| pair[0].priority == pair[1].priority) {
        return Err(PolicyError::SamePriority { priority: pair[0].priority });
    }
    for class in [StorageClass::Standard, StorageClass::Archive] {
        let rules: Vec<&Rule> = rules.iter().filter(|rule| rule.criterion.storage_class() == class).collect();
        if rules.iter().filter(|rule| rule.tags == Tags::Untagged).count() > 1 {
            return Err(PolicyError::SecondUntagged);
        }
        if rules.iter().rev().skip(1).any(|rule| rule.tags == Tags::Any) {
            return Err(PolicyError::AnyNotLast);
        }
        let prefixed: Vec<&Rule> =
            rules.iter().copied().filter(|rule| matches!(rule.tags, Tags::Prefixes(_))).collect();
        for (nth, second) in prefixed.iter().enumerate() {
            if let Some(first) = prefixed[..nth].iter().find(|first| first.tags == second.tags) {
                return Err(PolicyError::SamePrefixes { first: first.priority, second: second.priority });
            }
        }
    }
    Ok(())
}

/// An object of the document, and where it is.
struct Members<'a> {
    object: &'a [(String, Node)],
    place: Place,
}

impl<'a> Members<'a> {
    fn of(node: &'a Node, place: Place) -> Result<Self, PolicyError> {
        match node {
            Node::Object(object) => Ok(Self { object, place }),
            other => Err(PolicyError::WrongType { at: place, found: other.type_name(), allowed: "object" }),
        }
    }

    fn at(&self, member: &'static str, index: Option<usize>) -> Place {
        Place { rule: self.place.rule, member, index }
    }

    /// Checks that what is `required` is there and nothing but what is `known`; both lists are sorted.
    fn allow(&self, required: &[&'static str], known: &[&'static str]) -> Result<(), PolicyError> {
        let properties: Vec<&str> = required.iter().copied().filter(|name| self.get(name).is_none()).collect();
        if !properties.is_empty() {
            return Err(PolicyError::Missing { at: self.place.clone(), properties });
        }
        let unknown = self.object.iter().filter(|(name, _)| !known.contains(&name.as_str()));
        let mut properties: Vec<String> = unknown.map(|(name, _)| shown(name)).take(10).collect();
        properties.sort_unstable();
        if properties.is_empty() { Ok(()) } else { Err(PolicyError::Unknown { at: self.place.clone(), properties }) }
    }

    fn get(&self, name: &str) -> Option<&'a Node> {
        self.object.iter().find(|(member, _)| member == name).map(|(_, node)| node)
    }

    /// A member that [`Members::allow`] has seen.
    fn require(&self, name: &str) -> &'a Node {
        self.get(name).unwrap_or(&Node::Null)
    }

    fn text(&self, node: &'a Node, member: &'static str, maximum: usize) -> Result<&'a str, PolicyError> {
        let at = self.at(member, None);
        let Node::Text(text) = node else {
            return Err(PolicyError::WrongType { at, found: node.type_name(), allowed: "string" });
        };
        check_length(text, maximum, at)?;
        Ok(text)
    }

    /// A text that is one of `allowed`.
    fn word(&self, name: &str, member: &'static str, allowed: &'static [&'static str]) -> Result<&'a str, PolicyError> {
        let text = self.text(self.require(name), member, usize::MAX)?;
        if allowed.contains(&text) {
            return Ok(text);
        }
        Err(PolicyError::NotInEnum { at: self.at(member, None), found: shown(text), allowed })
    }

    fn number(&self, name: &str, member: &'static str, minimum: u32) -> Result<u32, PolicyError> {
        let at = self.at(member, None);
        let node = self.require(name);
        let Node::Number(number) = node else {
            return Err(PolicyError::WrongType { at, found: node.type_name(), allowed: "integer" });
        };
        if number.is_f64() {
            return Err(PolicyError::WrongType { at, found: node.type_name(), allowed: "integer" });
        }
        let found = number.to_string();
        match number.as_u64() {
            Some(value) if value > u64::from(MAX_NUMBER) => {
                Err(PolicyError::TooHigh { at, maximum: MAX_NUMBER, found })
            }
            Some(value) if value >= u64::from(minimum) => Ok(value as u32),
            _ => Err(PolicyError::TooLow { at, minimum, found }),
        }
    }

    /// The elements of a list that may not be empty.
    fn list(&self, name: &'static str, maximum: usize) -> Result<&'a [Node], PolicyError> {
        self.elements(self.require(name), name, maximum)
    }

    fn elements(&self, node: &'a Node, member: &'static str, maximum: usize) -> Result<&'a [Node], PolicyError> {
        let at = self.at(member, None);
        match node {
            Node::List(list) if list.is_empty() => Err(PolicyError::EmptyList { at }),
            Node::List(list) if list.len() > maximum => Err(PolicyError::LongList { at, length: list.len(), maximum }),
            Node::List(list) => Ok(list),
            other => Err(PolicyError::WrongType { at, found: other.type_name(), allowed: "array" }),
        }
    }

    /// A list of texts that may not be empty, nor may they.
    fn texts(&self, node: &'a Node, member: &'static str) -> Result<Vec<&'a str>, PolicyError> {
        let text = |(index, node): (usize, &'a Node)| {
            let at = self.at(member, Some(index));
            match node {
                Node::Text(text) if text.is_empty() => Err(PolicyError::EmptyText { at }),
                Node::Text(text) => check_length(text, MAX_TAG, at).map(|()| text.as_str()),
                other => Err(PolicyError::WrongType { at, found: other.type_name(), allowed: "string" }),
            }
        };
        self.elements(node, member, usize::MAX)?.iter().enumerate().map(text).collect()
    }
}

fn check_length(text: &str, maximum: usize, at: Place) -> Result<(), PolicyError> {
    let length = text.chars().count();
    if length <= maximum {
        return Ok(());
    }
    Err(PolicyError::LongText { at, found: shown(text), length, maximum })
}

/// The beginning of a value, for an error.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
