//! What a component is before it is compiled: what it asks for, and whether compiling it keeps to the bounds (T18, T20).

use jospar_plugin_api::Limits;
use wasmparser::{
    ComponentExternalKind, ComponentTypeRef, FunctionBody, Parser, Payload, TypeBounds,
};

use crate::compile::CompileError;

/// What a component's imports may begin with.
const PACKAGE: &str = "jospar:plugin/";

/// The interfaces that there are. `script` is there for runners alone.
const INTERFACES: [&str; 9] =
    ["types", "plan", "files", "reports", "proposals", "host", "store", "llm", SCRIPT];

const SCRIPT: &str = "script";

/// What the export of a plugin is called.
const EXPORT: &str = "run";

/// Walks a component and refuses it if it asks for anything that is not the interface's, has no `run`, or would take more
/// than the limits to compile. Runs in one pass over the bytes, in memory that does not grow with them.
pub(crate) fn inspect(
    component: &[u8],
    limits: &Limits,
    is_runner: bool,
) -> Result<(), CompileError> {
    let mut counts = Counts { limits, modules: 0, functions: 0, declarations: 0 };
    let (mut depth, mut runs) = (0_usize, false);
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(|error| damaged(&error))?;
        match &payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(imports) if depth == 0 => {
                for import in imports.clone() {
                    let import = import.map_err(|error| damaged(&error))?;
                    // The name of a type that stands in the component already brings nothing in.
                    if !matches!(import.ty, ComponentTypeRef::Type(TypeBounds::Eq(_))) {
                        check_import(import.name.name, is_runner)?;
                    }
                }
            }
            Payload::ComponentExportSection(exports) if depth == 0 => {
                for export in exports.clone() {
                    let export = export.map_err(|error| damaged(&error))?;
                    runs |=
                        export.name.name == EXPORT && export.kind == ComponentExternalKind::Func;
                }
            }
            _ => {}
        }
        counts.add(&payload)?;
    }
    if runs { Ok(()) } else { Err(CompileError::NoRun) }
}

fn damaged(error: &wasmparser::BinaryReaderError) -> CompileError {
    CompileError::Invalid(error.message().chars().take(200).collect())
}

/// `jospar:plugin/NAME@0.1.PATCH` with a name that there is.
fn check_import(name: &str, is_runner: bool) -> Result<(), CompileError> {
    let known = || {
        let (interface, version) = name.strip_prefix(PACKAGE)?.split_once('@')?;
        let patch = version.strip_prefix("0.1.")?;
        let patch = (1..=9).contains(&patch.len()) && patch.bytes().all(|b| b.is_ascii_digit());
        let there = INTERFACES.contains(&interface) && (is_runner || interface != SCRIPT);
        (patch && there).then_some(())
    };
    known().ok_or_else(|| {
        let shown = name.chars().filter(|c| !c.is_control()).take(128).collect();
        CompileError::Import(shown)
    })
}

struct Counts<'a> {
    limits: &'a Limits,
    modules: usize,
    functions: usize,
    declarations: usize,
}

impl Counts<'_> {
    fn add(&mut self, payload: &Payload<'_>) -> Result<(), CompileError> {
        let declared = match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                self.modules += 1;
                within("modules", self.modules, self.limits.modules_max)?;
                0
            }
            Payload::FunctionSection(functions) => {
                self.functions = self.functions.saturating_add(count(functions.count()));
                within("functions", self.functions, self.limits.functions_max)?;
                0
            }
            Payload::CodeSectionEntry(body) => return self.check_body(body),
            Payload::TypeSection(section) => section.count(),
            Payload::ImportSection(section) => section.count(),
            Payload::TableSection(section) => section.count(),
            Payload::MemorySection(section) => section.count(),
            Payload::TagSection(section) => section.count(),
            Payload::GlobalSection(section) => section.count(),
            Payload::ExportSection(section) => section.count(),
            Payload::ElementSection(section) => section.count(),
            Payload::DataSection(section) => section.count(),
            Payload::InstanceSection(section) => section.count(),
            Payload::CoreTypeSection(section) => section.count(),
            Payload::ComponentInstanceSection(section) => section.count(),
            Payload::ComponentAliasSection(section) => section.count(),
            Payload::ComponentTypeSection(section) => section.count(),
            Payload::ComponentCanonicalSection(section) => section.count(),
            Payload::ComponentImportSection(section) => section.count(),
            Payload::ComponentExportSection(section) => section.count(),
            _ => 0,
        };
        self.declarations = self.declarations.saturating_add(count(declared));
        within("declarations", self.declarations, self.limits.declarations_max)
    }

    fn check_body(&self, body: &FunctionBody<'_>) -> Result<(), CompileError> {
        let range = body.range();
        let bytes = range.end.saturating_sub(range.start);
        within("function-bytes", bytes, self.limits.function_bytes_max)?;
        let mut locals = 0_usize;
        for declared in body.get_locals_reader().map_err(|error| damaged(&error))? {
            let (declared, _) = declared.map_err(|error| damaged(&error))?;
            locals = locals.saturating_add(count(declared));
            within("locals", locals, self.limits.locals_max)?;
        }
        Ok(())
    }
}

fn count(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn within(what: &'static str, count: usize, max: usize) -> Result<(), CompileError> {
    if count > max { Err(CompileError::TooMuch { what, count, max }) } else { Ok(()) }
}
