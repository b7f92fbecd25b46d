#![no_main]

use std::cmp::Ordering;

use libfuzzer_sys::fuzz_target;
use plimsoll_advisories::Comparator;

// Every order is total among the versions it accepts.
fuzz_target!(|versions: (&str, &str, &str)| {
    let (a, b, c) = versions;
    for order in Comparator::ALL {
        let (Ok(ab), Ok(bc)) = (order.compare(a, b), order.compare(b, c)) else { continue };
        let ac = order.compare(a, c).expect("both are versions");
        assert_eq!(order.compare(a, a), Ok(Ordering::Equal));
        assert_eq!(order.compare(b, a), Ok(ab.reverse()));
        if ab == bc || bc == Ordering::Equal {
            assert_eq!(ac, ab);
        } else if ab == Ordering::Equal {
            assert_eq!(ac, bc);
        }
    }
});
