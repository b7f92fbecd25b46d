//! What holds of all policies.

use proptest::prelude::*;

use super::*;

/// A statement for an identity, without braces: effect, actions, resources and perhaps a condition.
fn statement(effect: &'static str) -> impl Strategy<Value = String> {
    let action =
        prop_oneof![2 => Just("*"), 2 => Just("ecr:B*"), 2 => Just("ecr:BatchGetImage"), 1 => Just("ecr:PutImage")];
    let resource = prop_oneof![
        Just("*"),
        Just("arn:aws:ecr:*:*:repository/team/*"),
        Just("arn:aws:ecr:*:*:repository/${aws:PrincipalTag/team}/*"),
        Just("arn:aws:ecr:*:*:repository/${aws:PrincipalTag/none}/*"),
    ];
    let condition = prop_oneof![
        4 => Just(""),
        1 => Just(r#","Condition":{"StringEquals":{"aws:PrincipalTag/team":"team"}}"#),
        1 => Just(r#","Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"team"}}"#),
        1 => Just(r#","Condition":{"ForAllValues:StringLike":{"aws:TagKeys":"a*"}}"#),
        1 => Just(r#","Condition":{"Null":{"aws:TokenIssueTime":"false"}}"#),
    ];
    let seldom = || prop::bool::weighted(0.1);
    (action, seldom(), resource, seldom(), condition).prop_map(
        move |(action, all_but, resource, elsewhere, condition)| {
            let (not_action, not_resource) = (not(all_but), not(elsewhere));
            format!(
                r#""Effect":"{effect}","{not_action}Action":"{action}","{not_resource}Resource":"{resource}"{condition}"#
            )
        },
    )
}

fn not(negated: bool) -> &'static str {
    if negated { "Not" } else { "" }
}

fn any_statement() -> impl Strategy<Value = String> {
    prop_oneof![12 => statement("Allow"), 1 => statement("Deny")]
}

fn any_principal() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just(r#""Principal":"*""#),
        Just(r#""Principal":{"AWS":"111122223333"}"#),
        Just(r#""Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"}"#),
        Just(r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/ci"}"#),
        Just(r#""Principal":{"AWS":["444455556666","arn:aws:sts::111122223333:assumed-role/ci/job"]}"#),
        Just(r#""NotPrincipal":{"AWS":["111122223333","arn:aws:iam::111122223333:user/bob"]}"#),
    ]
}

/// Statements of every layer.
#[derive(Clone, Debug)]
struct World {
    principal: usize,
    /// Identity, boundary, session and resource; without a list there is no policy.
    layers: [Option<Vec<String>>; 4],
}

fn worlds() -> impl Strategy<Value = World> {
    // Most requests should come so far that one statement more or less decides.
    let layer = |chance| prop::option::weighted(chance, prop::collection::vec(any_statement(), 0..4));
    let resource = prop::option::weighted(
        0.8,
        prop::collection::vec(
            (any_principal(), any_statement()).prop_map(|(principal, statement)| format!("{principal},{statement}")),
            0..3,
        ),
    );
    (0..4_usize, layer(0.8), layer(0.3), layer(0.3), resource).prop_map(
        |(principal, identity, boundary, session, resource)| World {
            principal,
            layers: [identity, boundary, session, resource],
        },
    )
}

fn allowed(world: &World) -> bool {
    let principal = match world.principal {
        0 => Principal::Anonymous,
        1 => user(HERE, "bob"),
        2 => session(HERE, "ci", "job"),
        _ => user(THERE, "ann"),
    };
    let read = |at: usize, kind| {
        // A document needs a statement: one about something else.
        let principal = if kind == PolicyKind::Identity { "" } else { r#","Principal":"*""# };
        let neutral = format!(r#""Effect":"Deny","Action":"s3:*","Resource":"*"{principal}"#);
        let statements = world.layers[at].iter().flatten().chain([&neutral]);
        let text = document(&statements.cloned().collect::<Vec<_>>().join("},{"));
        world.layers[at].is_some().then(|| named("p", kind, &text))
    };
    let caller = Caller {
        identity: read(0, PolicyKind::Identity).into_iter().collect(),
        boundary: read(1, PolicyKind::Identity),
        session: read(2, PolicyKind::Identity).map(|one| vec![one]),
        tags: vec![("team".to_owned(), "team".to_owned())],
        ..Caller::bare(principal)
    };
    let resource = read(3, PolicyKind::Registry);
    let policies: Vec<_> = resource.iter().map(|named| ResourcePolicy { owner: account(HERE), named }).collect();
    ask(&caller, &policies, &Context::new()).0.allowed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_further_denial_never_allows_more(
        world in worlds(), layer in 0..4_usize, denial in statement("Deny"), principal in any_principal(),
    ) {
        let mut more = world.clone();
        let denial = if layer == 3 { format!("{principal},{denial}") } else { denial };
        more.layers[layer].get_or_insert_default().insert(0, denial);
        prop_assert!(allowed(&world) || !allowed(&more), "{more:?}");
    }

    #[test]
    fn an_allowance_less_never_allows_more(
        mut world in worlds(), layer in 0..4_usize, allowance in statement("Allow"), principal in any_principal(),
    ) {
        // A bound stays a bound when its last statement goes.
        world.layers[layer].get_or_insert_default();
        let less = world.clone();
        let allowance = if layer == 3 { format!("{principal},{allowance}") } else { allowance };
        world.layers[layer].get_or_insert_default().push(allowance);
        prop_assert!(allowed(&world) || !allowed(&less), "{world:?}");
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,80}|[\\[\\]{}\",:a-zA-Z*$' ]{0,80}") {
        for kind in [PolicyKind::Identity, PolicyKind::Repository, PolicyKind::Registry, PolicyKind::Trust] {
            let _ = Policy::parse(&text, kind);
        }
    }

    #[test]
    fn any_value_in_any_place_is_read_without_panic(
        action in "\\PC{0,12}", resource in "(arn:)?[a-z:*?${}',/]{0,24}", operator in "[A-Za-z:]{0,20}", value in "\\PC{0,12}",
    ) {
        let policy = serde_json::json!({
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow", "Action": ["ecr:*", action], "Resource": resource,
                "Condition": { operator: { "aws:x": value } },
            },
        });
        if let Ok(policy) = Policy::parse(&policy.to_string(), PolicyKind::Identity) {
            let caller = Caller { identity: vec![Named::new("p", Arc::new(policy))], ..Caller::bare(user(HERE, "bob")) };
            let _ = ask(&caller, &[], &Context::new());
        }
    }
}
