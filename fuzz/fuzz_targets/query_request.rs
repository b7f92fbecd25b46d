//! Query requests from any form, and what they ask of a directory: it is refused with reason, or changes what it says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_iam::directory::{AssumeRole, Directory, Fresh, Holder, NewRole, NewUser, SessionRequest};
use plimsoll_iam::{Caller, Context, MasterKey, Principal};
use plimsoll_server::fuzzing::query_request;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},
    "Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}]}"#;

fuzz_target!(|form: &str| {
    let Some(request) = query_request(form) else { return };
    let fresh = Fresh { now: 1_700_000_000, random: [7; 16] };
    let mut directory = Directory::new("000000000000".parse().expect("an account"));
    let new = |name: &str| NewUser { name: name.to_owned(), tags: request.tags.clone(), ..NewUser::default() };
    directory.create_user(NewUser { name: "bob".to_owned(), ..NewUser::default() }, fresh).expect("a user");
    let trust = TRUST.to_owned();
    let role = NewRole { name: "ci".to_owned(), trust, ..NewRole::default() };
    directory.create_role(role, fresh).expect("a role");
    // Names, tags and documents of any kind, to the methods that take such.
    match directory.create_user(new(&request.name), fresh) {
        Ok(user) => assert_eq!(user.name, request.name),
        Err(error) => assert!(!error.message.is_empty()),
    }
    let document = request.policy.as_deref().unwrap_or_default();
    let put = directory.put_inline(Holder::User("bob"), &request.name, document);
    assert_eq!(put.is_ok(), directory.inline(Holder::User("bob"), &request.name).is_ok());
    let _ = directory.simulate_principal(&request.role);
    let mut known = request.clone();
    known.role = "arn:aws:iam::000000000000:role/ci".to_owned();
    for session in [&request, &known] {
        assume(&directory, session, fresh.now);
    }
});

/// A session that begins has the name and the tags that were asked for, and can be opened again.
fn assume(directory: &Directory, session: &SessionRequest, now: i64) {
    let user = directory.user("bob").expect("bob");
    let caller = Caller::bare(Principal::User(directory.user_principal(user)));
    let context = Context::new();
    let request = AssumeRole { caller: &caller, from: None, session, external_id: None, context: &context, now };
    let Ok(assumed) = directory.assume_role(&request) else { return };
    assert_eq!(assumed.claims.tags, session.tags);
    assert!(assumed.claims.expires > now && directory.caller_of_session(&assumed.claims).is_some());
    let master = MasterKey::new([1; 32]);
    if let Ok(issued) = master.issue_session([2; 10], &assumed.claims) {
        assert_eq!(master.open_session(&issued.token, issued.access_key_id.as_str(), now), Ok(assumed.claims));
    }
}
