//! What wasmtime makes of `plugins/wit/plugin.wit`: traits for what a guest may call, and the call of the guest.

#![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated")]

wasmtime::component::bindgen!({
    world: "script-runner",
    path: "../wit",
    imports: {
        "jospar:plugin/plan.part": async | trappable,
        "jospar:plugin/plan.survey-totals": async | trappable,
        "jospar:plugin/plan.survey-rows": async | trappable,
        "jospar:plugin/plan.lesson-results": async | trappable,
        "jospar:plugin/plan.plugin-result": async | trappable,
        "jospar:plugin/host.progress": async | trappable,
        "jospar:plugin/store.get": async | trappable,
        "jospar:plugin/store.set": async | trappable,
        "jospar:plugin/store.delete": async | trappable,
        "jospar:plugin/store.keys": async | trappable,
        "jospar:plugin/llm.ask": async | trappable,
        default: trappable,
    },
    exports: { default: async },
});
