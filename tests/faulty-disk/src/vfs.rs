//! The disk as SQLite asks for it: a table of C functions (<https://www.sqlite.org/vfs.html>).
#![allow(unsafe_code, reason = "SQLite calls C functions with pointers")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::ffi::{
    SQLITE_BUSY, SQLITE_CANTOPEN, SQLITE_FULL, SQLITE_IOCAP_POWERSAFE_OVERWRITE, SQLITE_IOERR,
    SQLITE_IOERR_DELETE, SQLITE_IOERR_FSYNC, SQLITE_IOERR_READ, SQLITE_IOERR_SHORT_READ,
    SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_WRITE, SQLITE_NOTFOUND, SQLITE_OK, SQLITE_OPEN_CREATE,
    SQLITE_OPEN_MAIN_DB, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs,
    sqlite3_vfs_register,
};

use crate::disk::{Call, Fault, State};

const PATH_BYTES_MAX: usize = 512;
const SECTOR_BYTES: c_int = 4096;
/// Midnight of 1 January 2026 as SQLite counts: milliseconds since noon of 24 November 4714 BC.
const JULIAN_MS: sqlite3_int64 = 212_634_504_000_000;

/// What a VFS points to.
struct Drive {
    state: Arc<Mutex<State>>,
    main_open: Mutex<bool>,
}

/// What SQLite keeps of an open file: its own part first.
#[repr(C)]
struct OpenFile {
    base: sqlite3_file,
    handle: *mut Handle,
}

struct Handle {
    drive: &'static Drive,
    name: String,
    is_main: bool,
    /// SQLite's index of its log: memory that the connections of other disks would share.
    shared: Vec<Box<[u64]>>,
}

impl Drive {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn main_open(&self) -> MutexGuard<'_, bool> {
        self.main_open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the disk known to SQLite and returns its name there.
pub(crate) fn register(state: Arc<Mutex<State>>) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = format!("faulty-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let drive: &'static Drive = Box::leak(Box::new(Drive { state, main_open: Mutex::new(false) }));
    let c_name = CString::new(name.as_str()).unwrap_or_default();
    let vfs = sqlite3_vfs {
        iVersion: 2,
        szOsFile: size_of::<OpenFile>() as c_int,
        mxPathname: PATH_BYTES_MAX as c_int,
        pNext: ptr::null_mut(),
        zName: c_name.into_raw(),
        pAppData: ptr::from_ref(drive).cast_mut().cast(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_path),
        xDlOpen: None,
        xDlError: None,
        xDlSym: None,
        xDlClose: None,
        xRandomness: Some(randomness),
        xSleep: Some(sleep),
        xCurrentTime: Some(current_time),
        xGetLastError: Some(last_error),
        xCurrentTimeInt64: Some(current_time_ms),
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    };
    // SAFETY: the VFS, its name and its drive are leaked, so they live as long as SQLite may use them.
    let code = unsafe { sqlite3_vfs_register(Box::leak(Box::new(vfs)), 0) };
    assert_eq!(code, SQLITE_OK, "SQLite does not take the disk");
    name
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(lock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shared_map),
    xShmLock: Some(shared_lock),
    xShmBarrier: Some(shared_barrier),
    xShmUnmap: Some(shared_unmap),
    xFetch: None,
    xUnfetch: None,
};

fn code(fault: Fault, io: c_int) -> c_int {
    match fault {
        Fault::Io => io,
        Fault::Full => SQLITE_FULL,
    }
}

/// # Safety
/// `vfs` was made by [`register`].
unsafe fn drive_of(vfs: *mut sqlite3_vfs) -> &'static Drive {
    // SAFETY: `register` put a leaked `Drive` there.
    unsafe { &*(*vfs).pAppData.cast::<Drive>() }
}

/// # Safety
/// `name` is null or ends with a zero byte.
unsafe fn text(name: *const c_char) -> String {
    if name.is_null() {
        return "temporary".to_owned();
    }
    // SAFETY: SQLite ends names with a zero byte.
    unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned()
}

/// # Safety
/// `file` was opened by [`open`] and not closed; SQLite uses a file in one thread at a time.
unsafe fn handle_of<'a>(file: *mut sqlite3_file) -> &'a mut Handle {
    // SAFETY: `open` put a leaked `Handle` there, which only `close` takes away.
    unsafe { &mut *(*file.cast::<OpenFile>()).handle }
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives `szOsFile` bytes at `file`, valid names and its own VFS; null methods say "not open".
    unsafe {
        (*file).pMethods = ptr::null();
        let (drive, name) = (drive_of(vfs), text(name));
        let is_main = flags & SQLITE_OPEN_MAIN_DB != 0;
        let mut state = drive.state();
        if let Err(fault) = state.enter(Call::Open) {
            return code(fault, SQLITE_CANTOPEN);
        }
        // The node makes the empty database file itself, on the real disk: here it is there from the beginning.
        if !state.exists(&name) && flags & SQLITE_OPEN_CREATE == 0 && !is_main {
            return SQLITE_CANTOPEN;
        }
        if is_main && std::mem::replace(&mut *drive.main_open(), true) {
            return SQLITE_BUSY;
        }
        state.create(&name);
        let handle = Handle { drive, name, is_main, shared: Vec::new() };
        (*file.cast::<OpenFile>()).handle = Box::into_raw(Box::new(handle));
        (*file).pMethods = &raw const METHODS;
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    SQLITE_OK
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: the handle was leaked by `open`, and SQLite closes a file once.
    let handle = unsafe { Box::from_raw((*file.cast::<OpenFile>()).handle) };
    if handle.is_main {
        *handle.drive.main_open() = false;
    }
    SQLITE_OK
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    // SAFETY: SQLite gives its own VFS and a valid name.
    let (drive, name) = unsafe { (drive_of(vfs), text(name)) };
    let mut state = drive.state();
    if let Err(fault) = state.enter(Call::Delete) {
        return code(fault, SQLITE_IOERR_DELETE);
    }
    state.delete(&name, sync != 0);
    SQLITE_OK
}

unsafe extern "C" fn access(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    _flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives its own VFS, a valid name and a place for the answer.
    unsafe {
        *out = c_int::from(drive_of(vfs).state().exists(&text(name)));
    }
    SQLITE_OK
}

unsafe extern "C" fn full_path(
    _vfs: *mut sqlite3_vfs,
    name: *const c_char,
    length: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: SQLite gives a valid name and `length` bytes of room.
    unsafe {
        let bytes = CStr::from_ptr(name).to_bytes_with_nul();
        if bytes.len() > length as usize {
            return SQLITE_CANTOPEN;
        }
        ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len());
    }
    SQLITE_OK
}

unsafe extern "C" fn randomness(_vfs: *mut sqlite3_vfs, length: c_int, out: *mut c_char) -> c_int {
    // SAFETY: SQLite gives `length` bytes of room.
    let out = unsafe { std::slice::from_raw_parts_mut(out.cast::<u8>(), length as usize) };
    for (index, byte) in (0_u8..=255).cycle().zip(out) {
        *byte = index.wrapping_mul(31);
    }
    length
}

unsafe extern "C" fn sleep(_vfs: *mut sqlite3_vfs, microseconds: c_int) -> c_int {
    microseconds
}

unsafe extern "C" fn current_time(_vfs: *mut sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: SQLite gives a place for the answer.
    unsafe {
        *out = JULIAN_MS as f64 / 86_400_000.0;
    }
    SQLITE_OK
}

unsafe extern "C" fn current_time_ms(_vfs: *mut sqlite3_vfs, out: *mut sqlite3_int64) -> c_int {
    // SAFETY: SQLite gives a place for the answer.
    unsafe {
        *out = JULIAN_MS;
    }
    SQLITE_OK
}

unsafe extern "C" fn last_error(
    _vfs: *mut sqlite3_vfs,
    _length: c_int,
    _out: *mut c_char,
) -> c_int {
    0
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    out: *mut c_void,
    length: c_int,
    at: sqlite3_int64,
) -> c_int {
    // SAFETY: the file is open and SQLite gives `length` bytes of room.
    let (handle, out) = unsafe {
        (handle_of(file), std::slice::from_raw_parts_mut(out.cast::<u8>(), length as usize))
    };
    let mut state = handle.drive.state();
    if let Err(fault) = state.enter(Call::Read) {
        return code(fault, SQLITE_IOERR_READ);
    }
    if state.read(&handle.name, at as usize, out) < out.len() {
        return SQLITE_IOERR_SHORT_READ;
    }
    SQLITE_OK
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    from: *const c_void,
    length: c_int,
    at: sqlite3_int64,
) -> c_int {
    // SAFETY: the file is open and SQLite gives `length` bytes.
    let (handle, from) = unsafe {
        (handle_of(file), std::slice::from_raw_parts(from.cast::<u8>(), length as usize))
    };
    let mut state = handle.drive.state();
    let written =
        state.enter(Call::Write).and_then(|()| state.write(&handle.name, at as usize, from));
    written.map_or_else(|fault| code(fault, SQLITE_IOERR_WRITE), |()| SQLITE_OK)
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, length: sqlite3_int64) -> c_int {
    // SAFETY: the file is open.
    let handle = unsafe { handle_of(file) };
    let mut state = handle.drive.state();
    if let Err(fault) = state.enter(Call::Truncate) {
        return code(fault, SQLITE_IOERR_TRUNCATE);
    }
    state.truncate(&handle.name, length as usize);
    SQLITE_OK
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: the file is open.
    let handle = unsafe { handle_of(file) };
    let mut state = handle.drive.state();
    if let Err(fault) = state.enter(Call::Sync) {
        return code(fault, SQLITE_IOERR_FSYNC);
    }
    state.sync(&handle.name);
    SQLITE_OK
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, out: *mut sqlite3_int64) -> c_int {
    // SAFETY: the file is open and SQLite gives a place for the answer.
    unsafe {
        let handle = handle_of(file);
        *out = handle.drive.state().length(&handle.name) as sqlite3_int64;
    }
    SQLITE_OK
}

unsafe extern "C" fn lock(_file: *mut sqlite3_file, _level: c_int) -> c_int {
    SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(_file: *mut sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: SQLite gives a place for the answer.
    unsafe {
        *out = 0;
    }
    SQLITE_OK
}

unsafe extern "C" fn file_control(
    _file: *mut sqlite3_file,
    _operation: c_int,
    _argument: *mut c_void,
) -> c_int {
    SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_file: *mut sqlite3_file) -> c_int {
    SECTOR_BYTES
}

unsafe extern "C" fn characteristics(_file: *mut sqlite3_file) -> c_int {
    SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shared_map(
    file: *mut sqlite3_file,
    region: c_int,
    length: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: the file is open and SQLite gives a place for the answer; regions stay where they are until `shared_unmap`.
    unsafe {
        *out = ptr::null_mut();
        let (shared, region) = (&mut handle_of(file).shared, region as usize);
        while shared.len() <= region {
            if extend == 0 {
                return SQLITE_OK;
            }
            shared.push(vec![0; length as usize / 8].into_boxed_slice());
        }
        match shared.get_mut(region) {
            Some(memory) => *out = memory.as_mut_ptr().cast(),
            None => return SQLITE_IOERR,
        }
    }
    SQLITE_OK
}

unsafe extern "C" fn shared_lock(
    _file: *mut sqlite3_file,
    _offset: c_int,
    _count: c_int,
    _flags: c_int,
) -> c_int {
    SQLITE_OK
}

unsafe extern "C" fn shared_barrier(_file: *mut sqlite3_file) {
    fence(Ordering::SeqCst);
}

unsafe extern "C" fn shared_unmap(file: *mut sqlite3_file, _delete: c_int) -> c_int {
    // SAFETY: the file is open, and SQLite uses no region any more.
    unsafe { handle_of(file) }.shared.clear();
    SQLITE_OK
}
