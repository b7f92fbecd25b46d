//! One client of the mixed run: picks what to do next.

use std::sync::Arc;

use serde_json::Value;

use super::journal::Journal;
use super::line::Line;
use super::scene::{Account, Scene, User};
use crate::image::{Image, ImageBuilder};
use crate::torture::gate::{Gate, Life, Turn};
use crate::{Error, Random};

/// How many images of its own a client remembers.
const REMEMBERED: usize = 30;

pub(super) struct Worker {
    hand: Hand,
    gate: Arc<Gate>,
}

/// What operations are done with.
pub(super) struct Hand {
    pub(super) scene: Arc<Scene>,
    pub(super) journal: Arc<Journal>,
    pub(super) user: User,
    pub(super) random: Random,
    pub(super) line: Line,
    /// The life of the server that the line leads to.
    life: usize,
    /// Images this client pushed.
    pub(super) pushed: Vec<Pushed>,
    /// Counts what must have a name of its own.
    pub(super) serial: usize,
}

/// An image that was pushed under a tag.
#[derive(Clone)]
pub(super) struct Pushed {
    pub(super) repository: String,
    pub(super) tag: String,
    pub(super) image: Image,
}

impl Worker {
    pub(super) fn new(number: usize, seed: u64, scene: &Arc<Scene>, journal: &Arc<Journal>, gate: &Arc<Gate>) -> Self {
        gate.join();
        let user = scene.users[number].clone();
        let nowhere = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let line = Line::new(nowhere, Arc::clone(&user.arn), &user.key, Arc::clone(journal));
        let random = Random::new(seed.wrapping_mul(1000).wrapping_add(number as u64 + 1));
        let (scene, journal) = (Arc::clone(scene), Arc::clone(journal));
        let hand = Hand { scene, journal, user, random, line, life: 0, pushed: Vec::new(), serial: 0 };
        Self { hand, gate: Arc::clone(gate) }
    }

    /// Works until the gate says stop.
    pub(super) fn run(mut self) {
        let mut dead = 0;
        while let Turn::Push(life) = self.gate.turn(dead) {
            if self.hand.operation(&life).is_err() {
                dead = life.number;
            }
            self.gate.done();
        }
        self.gate.leave();
    }
}

impl Hand {
    /// Does one operation. An error is a connection that broke, which is to be expected of a server that is killed.
    fn operation(&mut self, life: &Life) -> Result<(), Error> {
        let outcome = self.connect(life).and_then(|()| self.work());
        let journal = Arc::clone(&self.journal);
        journal.operation(&mut self.line.events);
        if let Err(error) = &outcome
            && !error.is_connection()
        {
            journal.fault(format!("{}: {}", self.user.name, error.chain()));
        }
        outcome
    }

    /// Every other client logs docker in as its users do, the others bring their access key.
    fn connect(&mut self, life: &Life) -> Result<(), Error> {
        if self.life == life.number {
            return Ok(());
        }
        let (arn, key) = (Arc::clone(&self.user.arn), self.user.key.clone());
        self.line = Line::new(life.address, arn, &key, Arc::clone(&self.journal));
        if self.random.one_in(2) {
            self.log_in()?;
        }
        self.life = life.number;
        Ok(())
    }

    fn work(&mut self) -> Result<(), Error> {
        match self.random.below(100) {
            0..18 => self.push(),
            18..34 => self.pull(),
            34..37 => self.push_again(),
            37..40 => self.push_index(),
            40..45 => self.delete_over_docker(),
            45..49 => self.push_by_api(),
            49..55 => self.retag(),
            55..59 => self.delete_by_api(),
            59..66 => self.list(),
            66..70 => self.make_or_remove_repository(),
            70..73 => self.set_lifecycle(),
            73..76 => self.grant_or_revoke(),
            76..82 => self.pull_from_other_account(),
            82..86 => self.archive_or_restore(),
            86..89 => self.scan(),
            89..92 => self.move_versions(),
            92..94 => self.change_pool_user(),
            94..96 => self.live_as_temporary_user(),
            96..98 => self.assume_role(),
            _ => self.ask_for_too_much(),
        }
    }

    pub(super) fn account(&self) -> &Account {
        &self.scene.accounts[self.user.account]
    }

    pub(super) fn other_account(&self) -> &Account {
        &self.scene.accounts[1 - self.user.account]
    }

    /// A repository as docker's paths name it.
    pub(super) fn path(&self, repository: &str) -> String {
        format!("{}{repository}", self.account().prefix)
    }

    pub(super) fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.random.below(choices.len())]
    }

    /// A repository to push to.
    pub(super) fn repository(&mut self) -> String {
        let choices =
            ["work/a", "work/a", "work/b", "shared/a", "aging/a", "fixed/a", "vault/a", "temp/0", "temp/1", "temp/2"];
        self.pick(&choices).to_owned()
    }

    /// A tag for a repository: few of them, so that clients meet in them.
    pub(super) fn tag(&mut self, repository: &str) -> String {
        match repository {
            "work/b" => format!("1.{}.{}", self.random.below(3), self.random.below(5)),
            "vault/a" => format!("v{}", self.random.below(300)),
            _ => format!("t{}", self.random.below(6)),
        }
    }

    /// A new image of one or two layers that others push, too.
    pub(super) fn image(&mut self) -> Image {
        let mut builder = ImageBuilder::new();
        for _ in 0..=self.random.below(2) {
            let layer = self.scene.layers[self.random.below(self.scene.layers.len())].clone();
            builder = builder.layer(layer);
        }
        let label = format!("{}-{:x}", self.user.name, self.random.next_u64());
        let image = builder.process("Labels", serde_json::json!({ "by": label })).build();
        self.journal.image(&image);
        image
    }

    pub(super) fn remember(&mut self, repository: &str, tag: &str, image: Image) {
        if self.pushed.len() == REMEMBERED {
            let oldest = self.random.below(REMEMBERED);
            self.pushed.swap_remove(oldest);
        }
        self.pushed.push(Pushed { repository: repository.to_owned(), tag: tag.to_owned(), image });
    }

    /// An image that this client pushed, and may have lost since.
    pub(super) fn recall(&mut self) -> Option<Pushed> {
        self.random.pick(&self.pushed).cloned()
    }

    pub(super) fn name(&mut self, what: &str) -> String {
        self.serial += 1;
        format!("{what}-{}-{}", self.user.name, self.serial)
    }
}

/// The members of a JSON array; none if it is not there.
pub(super) fn members(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
