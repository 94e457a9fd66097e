//! The lines of a channel, one after the other: numbers, VMs, suites.

use std::collections::BTreeMap;

use super::event::{Event, Told};
use super::suite::{Room, Suite};
use crate::collect::Defects;
use crate::defect::{DefectKind, Position};
use crate::input::Limits;

/// The version of the format.
const VERSION: u64 = 1;

/// VMs that are told apart.
const VMS: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Vm {
    /// The number that the next line must have.
    next: u64,
    pub(super) hooked: bool,
    /// Number of the last suite.
    suites: u64,
    /// The suites that have not ended, by number: where each is kept, or nothing for one that a test runs.
    open: BTreeMap<u64, Option<usize>>,
    /// The last suite that was kept.
    last: Option<usize>,
}

pub(super) struct Reading<'a> {
    limits: &'a Limits,
    pub(super) nonce: Option<String>,
    pub(super) lines: u64,
    pub(super) vms: BTreeMap<String, Vm>,
    pub(super) suites: Vec<Suite>,
    room: Room,
    pub(super) nested: u64,
    pub(super) console: bool,
    pub(super) sealed: bool,
    pub(super) defects: Defects,
}

impl<'a> Reading<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            nonce: None,
            lines: 0,
            vms: BTreeMap::new(),
            suites: Vec::new(),
            room: Room {
                cases: limits.details,
                failures: limits.details,
            },
            nested: 0,
            console: false,
            sealed: false,
            defects: Defects::default(),
        }
    }

    pub(super) fn line(&mut self, line: &[u8], terminated: bool, at: Position) {
        let mut wrong = |kind, message: String| self.defects.partial(kind, message, at.clone());
        if self.sealed {
            return wrong(DefectKind::TrailingText, "a line after the seal".to_owned());
        }
        let event: Event = match serde_json::from_slice(line) {
            Ok(event) if terminated => event,
            Ok(_) => return wrong(DefectKind::Cut, "the line has no end".to_owned()),
            Err(error) => return wrong(DefectKind::Syntax, format!("not a line of ours: {error}")),
        };
        let Some(told) = event.t else {
            return wrong(
                DefectKind::MissingField,
                "a line that tells nothing".to_owned(),
            );
        };
        if event.gk != *self.nonce.get_or_insert_with(|| event.gk.clone()) {
            return wrong(
                DefectKind::Contradiction,
                "a line of another run".to_owned(),
            );
        }
        match told {
            Told::Sealed => self.seal(&event, at),
            Told::Hello => self.hello(&event, at),
            Told::Suite | Told::Run | Told::Test | Told::Module => self.of_vm(told, event, at),
            Told::Abort | Told::Lost | Told::End => self.of_vm(told, event, at),
        }
    }

    /// A line was read, whatever it was.
    pub(super) fn counted(&mut self) {
        self.lines = self.lines.saturating_add(1);
    }

    fn seal(&mut self, event: &Event, at: Position) {
        self.sealed = true;
        if event.lines != Some(self.lines) {
            let stated = event.lines.unwrap_or_default();
            let message = format!("{stated} lines by the seal, {} are there", self.lines);
            self.defects.partial(DefectKind::CountMismatch, message, at);
        }
    }

    fn hello(&mut self, event: &Event, at: Position) {
        if event.v != Some(VERSION) {
            let message = "another version of this format";
            self.defects
                .partial(DefectKind::Unsupported, message, at.clone());
        }
        if event.n != 0 || self.vms.contains_key(&event.vm) || self.vms.len() >= VMS {
            let message = format!("the VM {} cannot begin here", event.vm);
            return self.defects.partial(DefectKind::Contradiction, message, at);
        }
        let vm = Vm {
            next: 1,
            hooked: event.hook == Some(true),
            ..Vm::default()
        };
        self.vms.insert(event.vm.clone(), vm);
    }

    /// A line of a VM: its number must be the next one.
    fn of_vm(&mut self, told: Told, event: Event, at: Position) {
        let Some(vm) = self.vms.get_mut(&event.vm) else {
            let message = "a VM that never began";
            return self.defects.partial(DefectKind::Contradiction, message, at);
        };
        if event.n != vm.next {
            let message = format!(
                "line number {} of its VM, where {} comes next",
                event.n, vm.next
            );
            let kind = if event.n < vm.next {
                DefectKind::Contradiction
            } else {
                DefectKind::CountMismatch
            };
            self.defects.partial(kind, message, at.clone());
        }
        vm.next = event.n.saturating_add(1).max(vm.next);
        let number = event.suite.unwrap_or_default();
        if told == Told::Suite {
            return self.begin(&event, number, at);
        }
        let Some(place) = vm.open.get(&number).copied() else {
            let message = format!("suite {number} does not run");
            return self.defects.partial(DefectKind::Contradiction, message, at);
        };
        if told == Told::End {
            vm.open.remove(&number);
        }
        if let Some(place) = place {
            self.of_suite(told, event, place, at);
        }
    }

    fn begin(&mut self, event: &Event, number: u64, at: Position) {
        let Some(vm) = self.vms.get_mut(&event.vm) else {
            return;
        };
        if number != vm.suites.saturating_add(1) || event.nested == Some(vm.open.is_empty()) {
            let message = format!("suite {number} cannot begin here");
            self.defects.partial(DefectKind::Contradiction, message, at);
        }
        vm.suites = number;
        if !vm.open.is_empty() {
            self.nested = self.nested.saturating_add(1);
            vm.open.insert(number, None);
            return;
        }
        let suite = Suite::new(event);
        if let Some(before) = vm.last.and_then(|at| self.suites.get_mut(at))
            && (before.repeat > 0 && suite.repeat > 0 && before.passed() && before.app == suite.app)
        {
            self.room.give_back(before);
            before.replaced = true;
            (before.cases, before.failures) = (Vec::new(), Vec::new());
        }
        self.console |= event.console != Some(false);
        vm.last = Some(self.suites.len());
        vm.open.insert(number, vm.last);
        self.suites.push(suite);
    }

    fn of_suite(&mut self, told: Told, event: Event, place: usize, at: Position) {
        let Some(suite) = self.suites.get_mut(place) else {
            return;
        };
        let room = &mut self.room;
        match told {
            Told::Run => suite.runs(&event),
            Told::Test => {
                if let Err(message) = suite.test(event, room, self.limits) {
                    self.defects.partial(DefectKind::MissingField, message, at);
                }
            }
            Told::Module => suite.module(&event, room, self.limits),
            Told::End => suite.end(&event, &mut self.defects, &at),
            Told::Abort => {
                let message = "the run was aborted by a signal, its results are those so far";
                self.defects.partial(DefectKind::Cut, message, at);
            }
            Told::Lost => {
                let message = "an event of the suite could not be written";
                self.defects.partial(DefectKind::Cut, message, at);
            }
            Told::Hello | Told::Suite | Told::Sealed => {}
        }
    }
}
