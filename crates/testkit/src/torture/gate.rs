//! Lets the clients at the server while it lives, and waits for them when it does not.

use std::net::SocketAddr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::Credentials;

/// One life of the server.
#[derive(Clone, Debug)]
pub(super) struct Life {
    /// Counts the starts.
    pub(super) number: usize,
    pub(super) address: SocketAddr,
    pub(super) credentials: Credentials,
}

/// What a client is to do next.
#[derive(Clone, Debug)]
pub(super) enum Turn {
    /// Go on pushing to this server.
    Push(Life),
    /// Settle what is pending with this server, then end.
    Settle(Life),
    /// End.
    Stop,
}

#[derive(Debug, Default)]
struct State {
    life: Option<Life>,
    lives: usize,
    /// Clients that hold a turn and may have a request on its way.
    busy: usize,
    settling: bool,
    stopped: bool,
    /// Clients that have ended.
    ended: usize,
    clients: usize,
}

impl State {
    fn begin(&mut self, address: SocketAddr, credentials: Credentials) {
        self.lives += 1;
        self.life = Some(Life { number: self.lives, address, credentials });
    }
}

/// The gate between the clients and the server's lives.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

impl Gate {
    /// Counts a client in; called before it first asks for a turn.
    pub(super) fn join(&self) {
        self.lock().clients += 1;
    }

    /// Waits for a life of the server after the one numbered `dead`, and takes a turn with it; each turn ends with
    /// [`Gate::done`].
    pub(super) fn turn(&self, dead: usize) -> Turn {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return Turn::Stop;
            }
            if let Some(life) = state.life.clone().filter(|life| life.number > dead) {
                state.busy += 1;
                return if state.settling { Turn::Settle(life) } else { Turn::Push(life) };
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends a turn.
    pub(super) fn done(&self) {
        self.lock().busy -= 1;
        self.changed.notify_all();
    }

    /// Counts a client out.
    pub(super) fn leave(&self) {
        self.lock().ended += 1;
        self.changed.notify_all();
    }

    /// Lets the clients at a server that was just started.
    pub(super) fn open(&self, address: SocketAddr, credentials: Credentials) {
        self.lock().begin(address, credentials);
        self.changed.notify_all();
    }

    /// Stops the clients and returns when none has a request on its way. The server is dead already, so all end soon.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.life = None;
        while state.busy > 0 {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets every client settle what it has pending with the last life of the server, and returns when all have ended.
    pub(super) fn finish(&self, address: SocketAddr, credentials: Credentials) {
        let mut state = self.lock();
        state.begin(address, credentials);
        state.settling = true;
        self.changed.notify_all();
        while state.ended < state.clients {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Makes every client end.
    pub(super) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
