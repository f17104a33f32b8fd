//! Evidence: what a statement of the plan rests on.

record! {
    /// The document of all evidence.
    EvidenceList, "evidence_list" {
        evidence: items(Evidence),
    }
}

record! {
    /// One piece of evidence.
    Evidence, "evidence" {
        kind: choice(
            "survey", "interview", "ai_analysis", "journal_export", "lesson_results",
            "pilot_result", "document", "photo"
        ),
        title: local,
        /// The file or the address that it came from.
        source: text as Nullable,
        date: date,
        period: record(crate::plan::Period),
        /// How many people or cases it covers.
        n: number,
        method: prose,
        privacy: choice("open", "internal", "personal"),
        /// The BLAKE3 hash of the file.
        file_hash: text,
        /// The evidence that this is one more file of, by id. A value and no list inside the evidence: programs that do not
        /// know it keep it and show the file as evidence of its own, and two who add files at once add two items.
        part_of: text,
        checked_by: text,
    }
}
