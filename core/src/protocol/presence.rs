//! Who is here: one datagram says on which page a device's person is, and where in a text the caret stands. Format:
//! docs/protocol.md, section 5.6.
//!
//! Nothing of it is stored or signed: it decides what people are shown for some seconds, and nothing else. A datagram may
//! be lost, so whoever stays says so again; whoever falls silent is gone.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Caret, Letter};
use crate::ids::{ActorId, DeviceId};
use crate::log::{ByteReader, ByteWriter, DecodeError};
use crate::time::Timestamp;

/// The most bytes of a datagram: fits into the smallest packet that QUIC may use.
pub const PRESENCE_BYTES_MAX: usize = 1_000;
/// The most bytes of a page's address.
pub const PAGE_BYTES_MAX: usize = 300;
/// The most bytes of the path of a text.
pub const TEXT_PATH_BYTES_MAX: usize = 400;
/// How long somebody is shown who says nothing.
pub const PRESENCE_MS: i64 = 12_000;
/// The most places that one device can be at: pages that are open at once.
pub const PLACES_MAX: usize = 8;
/// The most devices that are shown.
pub const COMPANY_MAX: usize = 256;
/// How often one device may say something, and how much at once.
const PACE_MS: i64 = 50;
const PACE_BURST: i64 = 40;

const VERSION: u8 = 1;
const WITHOUT_LETTER: u8 = 0;
const BEHIND_LETTER: u8 = 1;
const BEFORE_LETTER: u8 = 2;

/// What a datagram says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// Whose device.
    pub device: DeviceId,
    /// Which of its open pages.
    pub slot: u32,
    /// Counts up with everything that the device says: what comes late is not shown.
    pub number: u64,
    /// Where its person is; `None` when the page was left.
    pub place: Option<Place>,
}

/// Where somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The page's address, from `/` on, in ASCII; empty for one that others need not know.
    pub page: String,
    /// The text that has the focus, and where in it.
    pub caret: Option<(String, Caret)>,
}

impl Place {
    /// True if it can be said: an address of the page's own server, and texts within their bounds.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let bytes = self.page.as_bytes();
        let own = match bytes {
            [] | [b'/'] => true,
            [b'/', second, ..] => !matches!(second, b'/' | b'\\'),
            _ => false,
        };
        let path = self.caret.as_ref().map_or(0, |(path, _)| path.len());
        own && bytes.len() <= PAGE_BYTES_MAX
            && bytes.iter().all(u8::is_ascii_graphic)
            && path <= TEXT_PATH_BYTES_MAX
    }
}

impl Presence {
    /// The datagram.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = ByteWriter::new();
        writer.byte(VERSION).raw(&self.device.0).number(self.slot.into()).number(self.number);
        let Some(place) = &self.place else {
            writer.byte(0);
            return writer.finish();
        };
        writer.byte(1).bytes(place.page.as_bytes());
        match &place.caret {
            None => {
                writer.byte(0);
            }
            Some((path, caret)) => {
                writer.byte(1).bytes(path.as_bytes()).number(caret.at.into());
                match &caret.letter {
                    None => {
                        writer.byte(WITHOUT_LETTER);
                    }
                    Some(letter) => {
                        let side = if letter.before { BEFORE_LETTER } else { BEHIND_LETTER };
                        writer.byte(side).number(letter.counter).raw(&letter.actor.0);
                    }
                }
            }
        }
        writer.finish()
    }

    /// Reads a datagram.
    ///
    /// # Errors
    /// [`DecodeError`] for anything that [`Presence::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > PRESENCE_BYTES_MAX {
            let (found, max) = (bytes.len() as u64, PRESENCE_BYTES_MAX as u64);
            return Err(DecodeError::TooLarge { what: "datagram", found, max });
        }
        let mut reader = ByteReader::new(bytes);
        if reader.byte("version")? != VERSION {
            return Err(DecodeError::Invalid { what: "version" });
        }
        let device = DeviceId(reader.array("device")?);
        let slot = number(&mut reader, "slot")?;
        let count = reader.number("number")?;
        let place = flag(&mut reader, "place")?.then(|| place(&mut reader)).transpose()?;
        reader.end()?;
        Ok(Self { device, slot, number: count, place })
    }
}

fn number(reader: &mut ByteReader<'_>, what: &'static str) -> Result<u32, DecodeError> {
    let found = reader.number(what)?;
    let too_large = DecodeError::TooLarge { what, found, max: u32::MAX.into() };
    u32::try_from(found).map_err(|_| too_large)
}

fn flag(reader: &mut ByteReader<'_>, what: &'static str) -> Result<bool, DecodeError> {
    match reader.byte(what)? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(DecodeError::Invalid { what }),
    }
}

fn place(reader: &mut ByteReader<'_>) -> Result<Place, DecodeError> {
    let page = reader.text(PAGE_BYTES_MAX, "page")?.to_owned();
    let caret = flag(reader, "caret")?.then(|| caret(reader)).transpose()?;
    let place = Place { page, caret };
    if place.is_plain() { Ok(place) } else { Err(DecodeError::Invalid { what: "page" }) }
}

fn caret(reader: &mut ByteReader<'_>) -> Result<(String, Caret), DecodeError> {
    let path = reader.text(TEXT_PATH_BYTES_MAX, "path")?.to_owned();
    let at = number(reader, "place in the text")?;
    let before = match reader.byte("letter")? {
        WITHOUT_LETTER => return Ok((path, Caret { at, letter: None })),
        BEHIND_LETTER => false,
        BEFORE_LETTER => true,
        _ => return Err(DecodeError::Invalid { what: "letter" }),
    };
    let counter = reader.number("letter")?;
    let letter = Letter { counter, actor: ActorId(reader.array("letter")?), before };
    Ok((path, Caret { at, letter: Some(letter) }))
}

/// Somebody who is here.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Here {
    number: u64,
    heard: Timestamp,
    place: Place,
}

/// How much a device has said lately: the moment from which it may say more, as if it had kept an even pace.
type Pace = BTreeMap<DeviceId, i64>;

/// Who is here, as far as this node has heard.
#[derive(Debug, Clone, Default)]
pub struct Company {
    here: BTreeMap<(DeviceId, u32), Here>,
    pace: Pace,
    /// The newest number that this device has used.
    said: u64,
    /// Datagrams that were dropped: unreadable, of somebody else, or too many.
    dropped: u64,
}

impl Company {
    /// Counts one more of this device's own messages; `false` and counted as dropped if it says too much.
    pub fn admit(&mut self, device: DeviceId, now: Timestamp) -> bool {
        if !self.pace.contains_key(&device) && self.pace.len() >= COMPANY_MAX {
            // Whoever has kept the pace long enough need not be remembered.
            self.pace.retain(|_, free| *free > now.0 && *free <= now.0 + PACE_MS * PACE_BURST);
            if self.pace.len() >= COMPANY_MAX {
                self.drop_one();
                return false;
            }
        }
        let free = self.pace.entry(device).or_insert(now.0);
        // A clock that was put back must not silence anybody.
        if *free < now.0 || *free > now.0 + PACE_MS * PACE_BURST {
            *free = now.0;
        }
        if *free + PACE_MS > now.0 + PACE_MS * PACE_BURST {
            self.drop_one();
            return false;
        }
        *free += PACE_MS;
        true
    }

    /// Takes in what a device said; true if others are to be shown something else now.
    pub fn take(&mut self, presence: Presence, now: Timestamp) -> bool {
        let Presence { device, slot, number, place } = presence;
        let key = (device, slot);
        if self.here.get(&key).is_some_and(|here| here.number >= number) {
            return false;
        }
        let Some(place) = place else { return self.here.remove(&key).is_some() };
        let known = self.here.contains_key(&key);
        if !known && !self.has_room_for(&device) {
            self.drop_one();
            return false;
        }
        let here = Here { number, heard: now, place };
        let before = self.here.insert(key, here.clone());
        before.is_none_or(|before| before.place != here.place)
    }

    fn has_room_for(&self, device: &DeviceId) -> bool {
        let places = self.here.range((*device, 0)..=(*device, u32::MAX)).count();
        let devices: BTreeSet<&DeviceId> = self.here.keys().map(|(device, _)| device).collect();
        places < PLACES_MAX && (places > 0 || devices.len() < COMPANY_MAX)
    }

    /// The number for what this device says next.
    pub fn next_number(&mut self, now: Timestamp) -> u64 {
        self.said = (self.said + 1).max(now.0.unsigned_abs());
        self.said
    }

    /// Counts a datagram that nobody is shown.
    pub const fn drop_one(&mut self) {
        self.dropped = self.dropped.saturating_add(1);
    }

    /// How many datagrams were dropped, and sets the count back.
    pub const fn take_dropped(&mut self) -> u64 {
        std::mem::replace(&mut self.dropped, 0)
    }

    /// Forgets those who have fallen silent; true if there were any.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let silent = |here: &Here| now.0.abs_diff(here.heard.0) >= PRESENCE_MS.unsigned_abs();
        self.retain(|_, here| !silent(here))
    }

    /// Forgets all devices but those that `stays` names; true if there were others.
    pub fn keep_only(&mut self, stays: impl Fn(&DeviceId) -> bool) -> bool {
        self.pace.retain(|device, _| stays(device));
        self.retain(|device, _| stays(device))
    }

    fn retain(&mut self, stays: impl Fn(&DeviceId, &Here) -> bool) -> bool {
        let before = self.here.len();
        self.here.retain(|(device, _), here| stays(device, here));
        self.here.len() < before
    }

    /// When somebody is due to be forgotten.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Timestamp> {
        self.here.values().map(|here| here.heard.after(PRESENCE_MS)).min()
    }

    /// Everybody who is here: device, number of the page, and where.
    pub fn people(&self) -> impl Iterator<Item = (DeviceId, u32, &Place)> {
        self.here.iter().map(|((device, slot), here)| (*device, *slot, &here.place))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const A: DeviceId = DeviceId([1; 32]);
    const NOW: Timestamp = Timestamp(1_790_000_000_000);

    fn at(page: &str) -> Option<Place> {
        Some(Place { page: page.to_owned(), caret: None })
    }

    fn says(device: DeviceId, slot: u32, number: u64, place: Option<Place>) -> Presence {
        Presence { device, slot, number, place }
    }

    fn pages(company: &Company) -> Vec<&str> {
        company.people().map(|(.., place)| place.page.as_str()).collect()
    }

    #[test]
    fn whoever_falls_silent_or_leaves_is_gone() {
        let mut company = Company::default();
        assert!(company.take(says(A, 1, 5, at("/page/risks")), NOW));
        assert!(!company.take(says(A, 1, 6, at("/page/risks")), NOW.after(5_000)), "as before");
        assert!(!company.take(says(A, 1, 4, at("/page/kpis")), NOW.after(5_000)), "came late");
        assert_eq!(pages(&company), ["/page/risks"]);
        assert_eq!(company.next_timeout(), Some(NOW.after(5_000 + PRESENCE_MS)));
        assert!(!company.expire(NOW.after(PRESENCE_MS)));
        assert!(company.expire(NOW.after(5_000 + PRESENCE_MS)));
        assert!(company.take(says(A, 1, 7, at("/")), NOW));
        assert!(company.take(says(A, 1, 8, None), NOW));
        assert_eq!((pages(&company).len(), company.next_timeout()), (0, None));
        assert!(company.take(says(A, 1, 9, at("/")), NOW));
        assert!(company.expire(Timestamp(NOW.0 - 86_400_000)), "a clock that was put back");
    }

    #[test]
    fn t05_devices_pages_and_pace_are_bounded() {
        let mut company = Company::default();
        for slot in 0..100 {
            company.take(says(A, slot, 1, at("/")), NOW);
        }
        assert_eq!(pages(&company).len(), PLACES_MAX);
        for number in 0..1_000_u32 {
            let mut device = [2; 32];
            device[..4].copy_from_slice(&number.to_le_bytes());
            company.take(says(DeviceId(device), 0, 1, at("/")), NOW);
            company.admit(DeviceId(device), NOW);
        }
        assert_eq!(pages(&company).len(), PLACES_MAX + COMPANY_MAX - 1);
        assert!(company.pace.len() <= COMPANY_MAX);
        let mut company = Company::default();
        let taken = (0..500).filter(|_| company.admit(A, NOW)).count();
        assert_eq!(taken, usize::try_from(PACE_BURST).unwrap_or_default());
        assert_eq!(company.take_dropped(), 500 - 40);
        let later = NOW.after(10 * PACE_MS);
        assert_eq!((0..500).filter(|_| company.admit(A, later)).count(), 10);
        assert!(company.admit(A, Timestamp(NOW.0 - 86_400_000)), "a clock that was put back");
    }

    #[test]
    fn t05_an_address_that_leads_elsewhere_is_not_read() {
        for page in ["//evil", "/\\evil", "https://evil", "/a b", "/ә", "javascript:x"] {
            let bytes = says(A, 1, 1, at(page)).encode();
            assert!(Presence::decode(&bytes).is_err(), "{page}");
        }
        let long = format!("/{}", "a".repeat(PAGE_BYTES_MAX));
        assert!(Presence::decode(&says(A, 1, 1, at(&long)).encode()).is_err());
    }

    fn places() -> impl Strategy<Value = Option<Place>> {
        let letter =
            proptest::option::of((any::<u64>(), any::<[u8; 16]>(), any::<bool>()).prop_map(
                |(counter, actor, before)| Letter { counter, actor: ActorId(actor), before },
            ));
        let caret = ("[a-zә/]{0,100}", any::<u32>(), letter)
            .prop_map(|(path, at, letter)| (path, Caret { at, letter }));
        let place = ("(/[a-z0-9/-]{0,200})?", proptest::option::of(caret));
        let plain = place.prop_map(|(page, caret)| Place { page, caret });
        proptest::option::of(plain.prop_filter("plain", Place::is_plain))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            device in any::<[u8; 32]>(), slot in any::<u32>(), number in any::<u64>(),
            place in places(),
        ) {
            let presence = says(DeviceId(device), slot, number, place);
            let bytes = presence.encode();
            prop_assert!(bytes.len() <= PRESENCE_BYTES_MAX);
            prop_assert_eq!(Presence::decode(&bytes), Ok(presence));
            for end in 0..bytes.len() {
                prop_assert!(Presence::decode(&bytes[..end]).is_err());
            }
        }

        #[test]
        fn t05_any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..1_300)) {
            if let Ok(presence) = Presence::decode(&bytes) {
                prop_assert!(bytes.len() <= PRESENCE_BYTES_MAX);
                prop_assert!(presence.place.is_none_or(|place| place.is_plain()));
            }
        }
    }
}
