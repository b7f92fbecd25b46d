//! `GetAuthorizationToken`: what docker logs in with.
