//! Approvals and the auditor's page: what programs write for each other, in documents of their own, so that an approval
//! does not change the heads of what it approves.

record! {
    /// The document of signed approvals.
    ApprovalList, "approval_list" {
        approvals: items(SignedApproval),
    }
}

record! {
    /// One approval. Only `signed` counts; the other fields are for reading, and must say the same.
    SignedApproval, "signed_approval" {
        /// The record (docs/protocol.md, section 9) as base64url without padding.
        signed: prose,
        /// `plan`, or the id of a document.
        what: text,
        /// The signer's role.
        role: text,
        /// The hash of the rendering, in hexadecimal.
        rendering: text,
        /// The signer's device, in hexadecimal.
        signer: text,
        /// Milliseconds since 1970, UTC.
        time: number,
    }
}

record! {
    /// The document with the auditor's page.
    AuditPageDocument, "audit_page_document" {
        audit_page: record(AuditPage),
    }
}

record! {
    /// What a school's device tells the district's auditor: no text of the plan but its title, no person.
    AuditPage, "audit_page" {
        title: local,
        school: local,
        /// The day that the lints were held against.
        as_of: date,
        /// When the page was made: milliseconds since 1970, UTC.
        time: number,
        /// The hash of the plan's rendering then, in hexadecimal.
        rendering: text,
        sections: items(SectionSummary),
        /// From rule to how many findings it has.
        lints: map(number),
    }
}

record! {
    /// One part of the plan, in numbers. Its id is the name of its kind.
    SectionSummary, "section_summary" {
        documents: number,
        items: number,
        /// When it was last changed: milliseconds since 1970, UTC.
        changed: number,
    }
}
