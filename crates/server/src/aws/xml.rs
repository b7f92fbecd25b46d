//! XML answers. Elements alone, no attributes but the namespace of the root; every text is escaped.

/// What stands inside an element. Names of elements are the program's own, texts may be anybody's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Xml(String);

impl Xml {
    /// Nothing.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds an element with a text.
    pub(crate) fn text(mut self, name: &str, text: &str) -> Self {
        self.open(name);
        escape(text, &mut self.0);
        self.close(name);
        self
    }

    /// Adds an element with a text, if there is one.
    pub(crate) fn optional(self, name: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// Adds an element with elements in it.
    pub(crate) fn element(mut self, name: &str, content: Self) -> Self {
        self.open(name);
        self.0.push_str(&content.0);
        self.close(name);
        self
    }

    /// Adds a list: an element with one `<member>` for each item.
    pub(crate) fn list<T>(
        mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        member: impl Fn(T) -> Self,
    ) -> Self {
        self.open(name);
        let mut listed = items.into_iter().fold(self, |xml, item| xml.element("member", member(item)));
        listed.close(name);
        listed
    }

    /// Adds a list of texts.
    pub(crate) fn texts<'a>(mut self, name: &str, items: impl IntoIterator<Item = &'a str>) -> Self {
        self.open(name);
        let mut listed = items.into_iter().fold(self, |xml, item| xml.text("member", item));
        listed.close(name);
        listed
    }

    fn open(&mut self, name: &str) {
        self.0.push('<');
        self.0.push_str(name);
        self.0.push('>');
    }

    fn close(&mut self, name: &str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }
}

/// Operations that have an output with nothing in it; clients look for its element.
const EMPTY_OUTPUT: [&str; 1] = ["UpdateRole"];

/// `<XResponse xmlns=…><XResult>…</XResult><ResponseMetadata><RequestId>…`; without a result element where there is nothing
/// in it, as operations without output have it.
pub(super) fn response(namespace: &str, action: &str, request_id: &str, result: Xml) -> String {
    let metadata = Xml::new().text("RequestId", request_id);
    let mut content = Xml::new();
    if !result.0.is_empty() || EMPTY_OUTPUT.contains(&action) {
        content = content.element(&format!("{action}Result"), result);
    }
    root(&format!("{action}Response"), namespace, content.element("ResponseMetadata", metadata))
}

/// `<ErrorResponse xmlns=…><Error><Type>…<Code>…<Message>…</Error><RequestId>…`
pub(super) fn error(namespace: &str, request_id: &str, fault: bool, code: &str, message: &str) -> String {
    let kind = if fault { "Receiver" } else { "Sender" };
    let error = Xml::new().text("Type", kind).text("Code", code).text("Message", message);
    root("ErrorResponse", namespace, Xml::new().element("Error", error).text("RequestId", request_id))
}

fn root(name: &str, namespace: &str, content: Xml) -> String {
    format!("<{name} xmlns=\"{namespace}\">{}</{name}>\n", content.0)
}

/// Escapes a text. What XML cannot hold, control characters most of all, is replaced.
fn escape(text: &str, into: &mut String) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            // Readers of XML make another line end of it.
            '\r' => into.push_str("&#xD;"),
            '\t' | '\n' => into.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => into.push('\u{fffd}'),
            c => into.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_as_query_services_give_them() {
        let tags = [("a", "1"), ("<b>", "\u{0}&\r")];
        let result = Xml::new()
            .text("Arn", "arn:aws:iam::000000000042:user/\"bob\"")
            .optional("Path", None)
            .list("Tags", tags, |(key, value)| Xml::new().text("Key", key).text("Value", value))
            .texts("Names", ["x", "y"])
            .element("Role", Xml::new().optional("Id", Some("1")));
        let expect = "<GetUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><GetUserResult>\
            <Arn>arn:aws:iam::000000000042:user/&quot;bob&quot;</Arn>\
            <Tags><member><Key>a</Key><Value>1</Value></member>\
            <member><Key>&lt;b&gt;</Key><Value>\u{fffd}&amp;&#xD;</Value></member></Tags>\
            <Names><member>x</member><member>y</member></Names><Role><Id>1</Id></Role></GetUserResult>\
            <ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></GetUserResponse>\n";
        assert_eq!(response("https://iam.amazonaws.com/doc/2010-05-08/", "GetUser", "id", result), expect);
        let expect = "<DeleteUserResponse xmlns=\"n\"><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>\
            </DeleteUserResponse>\n";
        assert_eq!(response("n", "DeleteUser", "id", Xml::new()), expect);
    }

    #[test]
    fn errors_are_as_query_services_give_them() {
        let expect = "<ErrorResponse xmlns=\"n\"><Error><Type>Sender</Type><Code>AccessDenied</Code>\
            <Message>a &lt; b</Message></Error><RequestId>id</RequestId></ErrorResponse>\n";
        assert_eq!(error("n", "id", false, "AccessDenied", "a < b"), expect);
    }
}
