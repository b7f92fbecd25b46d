use std::io::Read;
use std::time::{Duration, SystemTime};

use plimsoll_oci::{Algorithm, Digest, UploadId};

use super::*;

fn id(byte: u8) -> UploadId {
    UploadId::from_random([byte; 16])
}

fn scope() -> Scope {
    Scope::of("000000000000/team/app")
}

fn content(store: &Store, digest: &Digest) -> Option<Vec<u8>> {
    let mut blob = store.blob(digest).unwrap()?;
    let mut bytes = Vec::new();
    blob.file.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, blob.size);
    Some(bytes)
}

#[test]
fn an_upload_becomes_a_blob() {
    for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let digest = algorithm.digest(b"plimsoll");
        // The session is always started for SHA-256, so SHA-512 must hash again.
        let mut upload = store.start_upload(&scope(), id(1), Algorithm::Sha256).unwrap();
        upload.append(b"plim").unwrap();
        drop(upload);
        assert_eq!(store.upload_offset(&scope(), id(1)).unwrap(), 4);
        let mut upload = store.resume_upload(&scope(), id(1)).unwrap();
        upload.append(b"soll").unwrap();
        assert_eq!(content(&store, &digest), None);
        assert_eq!(upload.publish(&digest).unwrap(), 8);
        upload.cancel().unwrap();
        assert_eq!(content(&store, &digest).unwrap(), b"plimsoll");
        assert!(matches!(store.resume_upload(&scope(), id(1)), Err(StoreError::UploadUnknown)));
        assert!(store.remove_blob(&digest).unwrap());
        assert!(!store.remove_blob(&digest).unwrap());
    }
}

#[test]
fn an_upload_survives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let mut upload = store.start_upload(&scope(), id(1), Algorithm::Sha256).unwrap();
    upload.append(b"plim").unwrap();
    // A killed process runs no destructor.
    std::mem::forget(upload);
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(store.upload_offset(&scope(), id(1)).unwrap(), 4);
    let mut upload = store.resume_upload(&scope(), id(1)).unwrap();
    assert_eq!(upload.offset(), 4);
    upload.append(b"soll").unwrap();
    assert_eq!(upload.publish(&Digest::sha256(b"plimsoll")).unwrap(), 8);
}

#[test]
fn a_wrong_digest_ends_the_upload() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let mut upload = store.start_upload(&scope(), id(1), Algorithm::Sha256).unwrap();
    upload.append(b"plimsoll").unwrap();
    let expected = Digest::sha256(b"other");
    let error = upload.publish(&expected).unwrap_err();
    assert!(matches!(error, StoreError::DigestMismatch { actual, .. } if actual == Digest::sha256(b"plimsoll")));
    assert_eq!(content(&store, &expected), None);
    assert!(matches!(store.resume_upload(&scope(), id(1)), Err(StoreError::UploadUnknown)));
}

#[test]
fn an_upload_belongs_to_its_scope_and_to_one_writer() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let upload = store.start_upload(&scope(), id(1), Algorithm::Sha256).unwrap();
    assert!(matches!(store.resume_upload(&scope(), id(1)), Err(StoreError::UploadBusy)));
    let elsewhere = Scope::of("000000000000/team/other");
    assert!(matches!(store.resume_upload(&elsewhere, id(1)), Err(StoreError::UploadUnknown)));
    assert!(matches!(store.upload_offset(&elsewhere, id(1)), Err(StoreError::UploadUnknown)));
    upload.cancel().unwrap();
    assert!(matches!(store.upload_offset(&scope(), id(1)), Err(StoreError::UploadUnknown)));
}

#[test]
fn two_uploads_of_one_blob_both_succeed() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let uploads = [1, 2].map(|byte| {
        let mut upload = store.start_upload(&scope(), id(byte), Algorithm::Sha256).unwrap();
        upload.append(b"plimsoll").unwrap();
        upload
    });
    let digest = Digest::sha256(b"plimsoll");
    for mut upload in uploads {
        assert_eq!(upload.publish(&digest).unwrap(), 8);
        upload.cancel().unwrap();
    }
    assert_eq!(fs::read_dir(store.blob_path(&digest).parent().unwrap()).unwrap().count(), 1);
    assert_eq!(content(&store, &digest).unwrap(), b"plimsoll");
}

#[test]
fn a_vanished_directory_is_an_error_and_is_not_made_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let mut upload = store.start_upload(&scope(), id(1), Algorithm::Sha256).unwrap();
    upload.append(b"plimsoll").unwrap();
    fs::remove_dir_all(directory.path().join("blobs")).unwrap();
    fs::remove_dir_all(directory.path().join("uploads")).unwrap();
    assert!(matches!(upload.publish(&Digest::sha256(b"plimsoll")), Err(StoreError::Io { .. })));
    assert!(matches!(store.start_upload(&scope(), id(2), Algorithm::Sha256), Err(StoreError::Io { .. })));
    assert!(!directory.path().join("blobs").exists());
}

#[test]
fn idle_uploads_are_removed() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    drop(store.start_upload(&scope(), id(1), Algorithm::Sha256).unwrap());
    let busy = store.start_upload(&scope(), id(2), Algorithm::Sha256).unwrap();
    let day = Duration::from_hours(24);
    assert_eq!(store.remove_idle_uploads(SystemTime::now(), day).unwrap(), 0);
    assert_eq!(store.remove_idle_uploads(SystemTime::now() + 2 * day, day).unwrap(), 1);
    assert!(matches!(store.resume_upload(&scope(), id(1)), Err(StoreError::UploadUnknown)));
    assert_eq!(busy.offset(), 0);
}

#[test]
fn a_crash_after_publishing_leaves_the_upload_to_go_on_with() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let digest = Digest::sha256(b"plimsoll");
    let mut upload = store.start_upload(&scope(), id(1), Algorithm::Sha256).unwrap();
    upload.append(b"plimsoll").unwrap();
    upload.publish(&digest).unwrap();
    std::mem::forget(upload);

    let store = Store::open(directory.path()).unwrap();
    let mut upload = store.resume_upload(&scope(), id(1)).unwrap();
    assert_eq!(upload.publish(&digest).unwrap(), 8);
    // Whoever goes on writing writes to a file of his own.
    upload.append(b" line").unwrap();
    assert_eq!(content(&store, &digest).unwrap(), b"plimsoll");
    assert_eq!(upload.publish(&Digest::sha256(b"plimsoll line")).unwrap(), 13);
    upload.cancel().unwrap();
    assert_eq!(content(&store, &digest).unwrap(), b"plimsoll");
}

#[test]
fn a_damaged_blob_is_whole_again_when_it_is_pushed_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let digest = Digest::sha256(b"plimsoll");
    for (byte, damage) in [(1, true), (2, false)] {
        let mut upload = store.start_upload(&scope(), id(byte), Algorithm::Sha256).unwrap();
        upload.append(b"plimsoll").unwrap();
        upload.publish(&digest).unwrap();
        upload.cancel().unwrap();
        if damage {
            fs::write(store.blob_path(&digest), b"plim").unwrap();
        }
    }
    assert_eq!(content(&store, &digest).unwrap(), b"plimsoll");
}
