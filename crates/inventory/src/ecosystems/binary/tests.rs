use super::*;

#[test]
fn the_extensions_are_in_order() {
    assert!(OTHERS.is_sorted());
}

#[test]
fn programs_are_told_by_their_first_bytes() {
    for head in [b"\x7fELF", b"MZ\x90\0", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"] {
        assert!(is_binary(head), "{head:?}");
    }
    for head in [&b"#!/b"[..], b"PK\x03\x04", b"", b"\x7fEL", b"M"] {
        assert!(!is_binary(head), "{head:?}");
    }
}

#[test]
fn names_tell_what_is_not_worth_a_look() {
    for path in ["usr/bin/python3.11", "lib/libssl.so.3", "app/server", "a/b.exe", "a.txt/server"] {
        assert!(may_be_binary(path.as_bytes()), "{path}");
    }
    for path in ["a.txt", "usr/lib/x.py", "a/b.json", "a/.json"] {
        assert!(!may_be_binary(path.as_bytes()), "{path}");
    }
}
