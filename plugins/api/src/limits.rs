//! How much a plugin may take. One struct; every default is a named constant with its unit.

use serde::{Deserialize, Serialize};

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $constant:ident = $value:expr;)*) => {
        $($(#[$doc])* pub const $constant: $type = $value;)*

        /// The limits that a package is opened, compiled and run under.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Limits {
            $($(#[$doc])* pub $field: $type,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $constant),* }
            }
        }

        impl Limits {
            /// Every limit with its name, in order: for whoever shows them.
            #[must_use]
            pub fn all(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($field), u64::try_from(self.$field).unwrap_or(u64::MAX))),*]
            }
        }
    };
}

limits! {
    /// Bytes of a component's package. A plugin in Python has 20 MB.
    component_bytes_max: usize = COMPONENT_BYTES_MAX = 32 << 20;
    /// Bytes of a script's package.
    script_bytes_max: usize = SCRIPT_BYTES_MAX = 256 << 10;
    /// Bytes of a manifest.
    manifest_bytes_max: usize = MANIFEST_BYTES_MAX = 64 << 10;

    /// Core modules and components inside a component. One in Python has 38.
    modules_max: usize = MODULES_MAX = 64;
    /// Functions of all modules together.
    functions_max: usize = FUNCTIONS_MAX = 100_000;
    /// Types, imports, exports, globals, element and data segments of all modules together.
    declarations_max: usize = DECLARATIONS_MAX = 200_000;
    /// Bytes of one function's code.
    function_bytes_max: usize = FUNCTION_BYTES_MAX = 1 << 20;
    /// Locals of one function, its parameters aside: compiling takes more than linear time in them.
    locals_max: usize = LOCALS_MAX = 10_000;

    /// Milliseconds that compiling one component may take.
    compile_ms_max: u64 = COMPILE_MS_MAX = 60_000;
    /// Bytes of addresses that compiling one component may take. The compiler's own program is in them.
    compile_memory_bytes_max: u64 = COMPILE_MEMORY_BYTES_MAX = 4 << 30;

    /// Bytes of all linear memories together.
    memory_bytes_max: usize = MEMORY_BYTES_MAX = 64 << 20;
    /// Elements of one table.
    table_elements_max: usize = TABLE_ELEMENTS_MAX = 100_000;
    /// Core instances. One in Python needs 48.
    instances_max: usize = INSTANCES_MAX = 64;
    /// Tables.
    tables_max: usize = TABLES_MAX = 32;
    /// Linear memories.
    memories_max: usize = MEMORIES_MAX = 4;
    /// Bytes of the guest's stack.
    stack_bytes_max: usize = STACK_BYTES_MAX = 1 << 20;

    /// Milliseconds that a guest may compute; waiting for a model does not count.
    compute_ms_max: u64 = COMPUTE_MS_MAX = 10_000;
    /// Milliseconds from a run's beginning to its end; waiting for a model and for the person who is asked does not count.
    run_ms_max: u64 = RUN_MS_MAX = 300_000;
    /// Calls from a guest to the host in one run.
    calls_max: u64 = CALLS_MAX = 1_000_000;

    /// Bytes that the host copies out of the guest in one call, lists and texts with what they take in the host. One
    /// byte in the guest may be pointed to many times, so the guest's memory is no bound for this.
    copied_bytes_max: usize = COPIED_BYTES_MAX = 32 << 20;
    /// Bytes of one text that a guest gives to the host; a longer one of the log is cut.
    text_bytes_max: usize = TEXT_BYTES_MAX = 1 << 20;
    /// Bytes of one answer of the host: a part of the plan, rows, a file.
    answer_bytes_max: usize = ANSWER_BYTES_MAX = 16 << 20;

    /// Bytes of an outcome as JSON.
    outcome_bytes_max: usize = OUTCOME_BYTES_MAX = 4 << 20;
    /// Blocks of a report.
    blocks_max: usize = BLOCKS_MAX = 200;
    /// Cells of tables, items of lists, values and points of charts in a report together.
    cells_max: usize = CELLS_MAX = 10_000;
    /// Proposals of an outcome.
    proposals_max: usize = PROPOSALS_MAX = 100;
    /// Edits of all proposals together.
    edits_max: usize = EDITS_MAX = 500;
    /// How deep JSON in an outcome may be nested.
    json_depth_max: usize = JSON_DEPTH_MAX = 32;

    /// Bytes of a run's log; one line says that the rest was cut.
    log_bytes_max: usize = LOG_BYTES_MAX = 64 << 10;
    /// Lines of a run's log.
    log_lines_max: usize = LOG_LINES_MAX = 2_000;

    /// Bytes of keys and values that a plugin keeps on a device, together.
    store_bytes_max: usize = STORE_BYTES_MAX = 1 << 20;
    /// Keys that a plugin keeps.
    store_keys_max: usize = STORE_KEYS_MAX = 256;
    /// Bytes of one key.
    store_key_bytes_max: usize = STORE_KEY_BYTES_MAX = 256;

    /// Files given to a run.
    files_max: usize = FILES_MAX = 16;
    /// Bytes of one file.
    file_bytes_max: usize = FILE_BYTES_MAX = 16 << 20;

    /// Questions to a language model in one run.
    model_requests_max: usize = MODEL_REQUESTS_MAX = 16;
    /// Bytes of one question: purpose, names and texts of its blocks.
    model_request_bytes_max: usize = MODEL_REQUEST_BYTES_MAX = 64 << 10;
    /// Blocks of data of one question.
    model_blocks_max: usize = MODEL_BLOCKS_MAX = 64;
    /// Bytes of one answer; a longer one is cut, and said to be.
    model_reply_bytes_max: usize = MODEL_REPLY_BYTES_MAX = 64 << 10;

    /// Bytes of compiled code kept on this device; the least recently used goes first.
    cache_bytes_max: u64 = CACHE_BYTES_MAX = 512 << 20;
}

/// Bytes of memory that a script in Python may take: the language's own start takes 12 MiB.
pub const PYTHON_MEMORY_BYTES_MAX: usize = 128 << 20;
