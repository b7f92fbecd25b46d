#![no_main]

use std::cmp::Ordering;

use libfuzzer_sys::fuzz_target;
use plimsoll_advisories::{Comparator, Ecosystem};

// Every order is total among the versions it accepts, and what it says does not depend on which version comes first.
fuzz_target!(|versions: (&str, &str, &str)| {
    let (a, b, c) = versions;
    let _ = Ecosystem::called(a);
    for order in Comparator::ALL {
        let place = |left, right| order.arrange(left, right);
        let (Ok(ab), Ok(bc)) = (place(a, b), place(b, c)) else { continue };
        let ac = place(a, c).expect("both are versions");
        assert_eq!(place(a, a), Ok(Ordering::Equal));
        assert_eq!(place(b, a), Ok(ab.reverse()));
        assert_eq!(order.compare(b, a), order.compare(a, b).map(Ordering::reverse));
        if ab == bc || bc == Ordering::Equal {
            assert_eq!(ac, ab, "{order}");
        } else if ab == Ordering::Equal {
            assert_eq!(ac, bc, "{order}");
        }
    }
});
