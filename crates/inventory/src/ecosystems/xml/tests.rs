use proptest::prelude::*;

use super::*;

fn tag<'a>(name: &'a str, attributes: &'a str) -> Event<'a> {
    Event::Open(Tag { name: name.as_bytes(), attributes: attributes.as_bytes() })
}

fn text(text: &str) -> Event<'_> {
    Event::Text(text.to_owned())
}

#[test]
fn documents() {
    fn check(text: &str, expect: &[Event<'_>]) {
        assert_eq!(Reader::new(text.as_bytes()).collect::<Vec<_>>(), expect, "{text}");
    }
    check("<a b='/>'/> x &lt;&unknown; &", &[tag("a", " b='/>'/"), Event::Close, text(" x <&unknown; &")]);
    check("\u{feff}<?x <a> ?><a\n>1</a >", &[tag("a", "\n"), text("1"), Event::Close]);
    check("<!-- <a> --><!DOCTYPE x [<!ENTITY y '>'>]><![CDATA[<b>]]><c/>", &[text("<b>"), tag("c", "/"), Event::Close]);
    check("&#xD800;&#99999999999;", &[text("&#xD800;&#99999999999;")]);
    for damaged in ["", "<a", "<!--", "<a b='>"] {
        check(damaged, &[]);
    }
}

#[test]
fn attributes() {
    fn check(attributes: &str, expect: Option<&str>) {
        let tag = Tag { name: b"a", attributes: attributes.as_bytes() };
        assert_eq!(tag.attribute(b"b").as_deref(), expect, "{attributes}");
    }
    check(" b = \"1\" c='>'", Some("1"));
    check(" c='b=\"2\"' b='&lt;'/", Some("<"));
    check(" b='1' b='2'", Some("1"));
    for none in ["", " b", " b=", " b=1", " b='1", " bb='1'"] {
        check(none, None);
    }
}

#[test]
fn texts_of_elements() {
    fn check(text: &str, expect: Result<&[&str], &str>) {
        let mut found = Vec::new();
        let read = texts(text.as_bytes(), |path, text| {
            let path: Vec<_> = path.iter().map(|name| String::from_utf8_lossy(name)).collect();
            found.push(format!("{}={text}", path.join("/")));
            Ok(())
        });
        assert_eq!(read.map(|()| found.iter().map(String::as_str).collect::<Vec<_>>()), expect.map(<[_]>::to_vec));
    }
    check("<a><b> 1 <!-- 2 --></b>x<c/><d>&amp;<![CDATA[<]]></d></a>", Ok(&["a/b=1", "a/c=", "a/d=&<", "a="]));
    check("<a><b>1</b><c>", Ok(&["a/b=1"]));
    check("</a></a><b>1</b>", Ok(&["=", "=", "b=1"]));
    check(&format!("<a>{}</a>", "<b>".repeat(MAX_DEPTH)), Err("its elements are nested too deep"));
}

#[test]
fn references_without_an_end_take_no_time() {
    let many = "&".repeat(1 << 20);
    let mut events = Reader::new(many.as_bytes());
    assert!(events.next() == Some(text(&many)) && events.next().is_none());
    let padded = Reader::new(b"&#0000000000065;&#00000000000000065;").next();
    assert_eq!(padded, Some(text("A&#00000000000000065;")));
}

#[test]
fn entities_are_not_expanded() {
    let entity = |n: u8| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10));
    let entities = (1..20).map(entity).collect::<Vec<_>>().concat();
    let bomb = format!("<!DOCTYPE a [<!ENTITY e0 \"lol\">{entities}]><a>&e19;</a>");
    let events: Vec<_> = Reader::new(bomb.as_bytes()).collect();
    assert_eq!(events, [tag("a", ""), text("&e19;"), Event::Close]);
}

proptest! {
    #[test]
    fn every_document_comes_to_an_end(text in "[<>/a!='\"\\[\\]]{0,60}") {
        let events: Vec<_> = Reader::new(text.as_bytes()).collect();
        prop_assert!(events.len() <= 2 * text.len());
        for event in events {
            if let Event::Open(tag) = event {
                tag.attribute(b"a");
            }
        }
        let _ = texts(text.as_bytes(), |_, _| Ok(()));
    }
}
