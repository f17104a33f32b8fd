# English. Every word a person reads. The three files have the same keys with the same arguments, in the same order.
# Words: docs/glossary.md.

### General

language-name = English
date = { $day } { $month } { $year }
moment = { $date }, { $time }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
size-bytes = { $amount } B
size-kilobytes = { $amount } kB
size-megabytes = { $amount } MB
size-gigabytes = { $amount } GB
duration-milliseconds = { $amount } ms
duration-seconds = { $amount } s
duration-minutes = { $amount } min
changes-count = { $count ->
    [one] { $count } change
   *[other] { $count } changes
}
documents-count = { $count ->
    [one] { $count } document
   *[other] { $count } documents
}
items-count = { $count ->
    [one] { $count } item
   *[other] { $count } items
}
devices-count = { $count ->
    [one] { $count } device
   *[other] { $count } devices
}
conflicts-count = { $count ->
    [one] { $count } conflict
   *[other] { $count } conflicts
}
yes = yes
no = no
nobody = unknown
empty-value = empty
prompt-yes-no = { $question } [yes/no]
label-error = Error
label-warning = Warning
label-hint = Hint

### Roles

role-director = director
role-teacher = informatics teacher
role-contributor = contributor
role-viewer = viewer
role-auditor = district auditor
role-server = server
role-about-director = changes everything, lets devices in and out, approves
role-about-teacher = changes every section
role-about-contributor = changes the documents opened to them, reads the rest
role-about-viewer = reads everything, changes nothing
role-about-auditor = reads only the documents opened to them
role-about-server = keeps and delivers, cannot change anything

### Kinds of documents

kind-plan = Development plan
kind-evidence = Evidence
kind-swot = SWOT analysis
kind-audit = Digital audit
kind-design-cycle = Design-thinking cycle
kind-initiatives = Initiatives
kind-kpis = KPIs
kind-risks = Risks
kind-meetings = Meetings and decisions
kind-professional-development = Professional development
kind-info-sharing = Information sharing
kind-pilots = Pilot projects
kind-lesson-study = Lesson study
kind-mentoring = Mentoring and coaching
kind-school-map = School map
kind-assistant = AI assistant
kind-paper = Order or report
kind-antipatterns = Ineffective traditions
kind-survey = Survey
kind-discussion = Discussion
kind-people = People
kind-support = Support and resources
kind-unknown = Document of a newer version (no. { $number })

### Saved and synced

state-saved-here = saved here
state-on-server = on the server
state-on-devices = { $count ->
    [one] on { $count } device
   *[other] on { $count } devices
}
state-synced = synced
state-waiting = waiting to be sent
state-offline = offline
state-online = online
saved-here = Saved on this device.
on-server = On the server.
on-server-changes = { $count ->
    [one] { $count } change is
   *[other] { $count } changes are
} on the server.
on-devices = { $count ->
    [one] On { $count } device.
   *[other] On { $count } devices.
}
synced = Synced: the plan here and at { $name } is the same.
synced-all = Synced: the plan is the same on all devices.
not-synced-yet = Not synced yet: { $outgoing ->
    [one] { $outgoing } change
   *[other] { $outgoing } changes
} to send, { $incoming ->
    [one] { $incoming } change
   *[other] { $incoming } changes
} to receive. What you wrote is saved on this device and goes out by itself once there is a connection.
not-sent-yet = { $count ->
    [one] { $count } change has
   *[other] { $count } changes have
} not reached the server yet. Everything is saved on this device.

### Changes that were not accepted

refused-unknown-device = This device is not on the school's list.
refused-no-right = This device has no right to change this document.
refused-revoked = This device was shut out of the school.
refused-bad-signature = The signature is wrong: somebody else may have altered the change.
refused-too-large = The change is too large.
refused-quota = Too much data is waiting. What is missing has to arrive first.
refused-malformed = The data is damaged or was not written by jospar.
refused-actor = The changes of this device came out of order. The data folder may have been copied.
refused-newer-version = The change was made by a newer version of jospar. Update the program.
refused-unknown-workspace = The plan of your school is not kept here.
refused-protocol = The other side's answer could not be understood; the connection was closed.
refused-too-much = The other side sent more than is allowed; the connection was closed.
refused-invite = The invite does not hold.
refused-store = The other side could not write to its disk.
quarantine-revoked = Made after the device was shut out of the school.
quarantine-semantic = The change does not fit the document: it writes where there is nothing, or it is damaged.
quarantine-dependency = It builds on another change that was set aside.
quarantine-equivocation = One device made two different changes with one number. The data folder may have been copied.
quarantine-unsupported = This version of the program cannot show such a change. Update it.

### Errors: what happened, then what to do

error-not-a-workspace = The folder { $folder } holds no school plan. To start a new plan run `jospar init`; to join one run `jospar join`.
error-already-a-workspace = The folder { $folder } holds a school plan already. Work with that one, or name another folder with --data.
error-in-use = Another program has the folder { $folder } open. Close it and run the command again.
error-store-damaged = The data in { $folder } is damaged. Check it with `jospar doctor` and restore a backup (`jospar restore`). The data on other devices is safe.
error-store-newer = A newer version of jospar wrote this data. Update the program and open it again. Nothing happened to the data.
error-not-a-store = The file in { $folder } does not belong to jospar. Name another folder with --data.
error-network-folder = The folder { $folder } is on a network drive ({ $kind }), which does not keep data safely. Choose a folder on this computer's own disk.
error-restore-unfinished = A restore did not finish. Run `jospar restore` again.
error-store = Not written to the disk: { $reason }. Check the disk and try again.
error-disk-full = Not saved: the disk is full. Free some space and run the command again.
error-no-permission = No permission for { $path }. Ask for it, or choose another place.
error-file = { $path }: the file could not be opened or written ({ $reason }). Check its name and rights.
error-file-not-found = The file { $path } was not found. Check its name.
error-file-exists = { $path } is there already. Choose another name.
error-key-missing = The folder was copied from another device, whose key is not on this computer. Join as a new device: `jospar join`.
error-key-exposed = Others can read the key file { $path }. Keep it to yourself (chmod 600). If somebody may have seen it, ask the director to shut this device out and let it in again.
error-key-damaged = The key file { $path } is damaged. If you have a copy of it, put it back; if not, join again: `jospar join`.
error-key-folder = The key folder { $path } is inside the data folder. Move it out, or a copy of the data takes the key along.
error-key-no-home = No folder for keys is known. Name one in the variable { $variable }.
error-random = The computer gave no random numbers, so no key was made. Restart the computer and try again.
error-not-a-bundle = { $path } is not a transfer file. Choose a .jospar file made by `jospar bundle`.
error-bundle-truncated = The end of { $path } is missing: it was not copied completely. Copy it to the USB stick again and retry. What could be read is saved.
error-bundle-damaged = The file { $path } is damaged. Make it again on the first device: `jospar bundle`. Nothing damaged entered the plan.
error-bundle-other-school = { $path } belongs to another school. Choose the file of your school.
error-bundle-newer = A newer version of jospar made { $path }. Update the program and try again.
error-invite-expired = The invite expired: { $expiry }. Ask the director for a new one.
error-invite-altered = The invite link is incomplete or was changed. Copy all of it from the original message.
error-invite-used = Somebody has used this invite. If it was not you, tell the director and ask for a new one.
error-invite-other-school = The invite is for another school, and { $folder } holds the plan of yours. Name an empty folder with --data.
error-invites-too-many = Too many invites are open: { $count }. Use one of them, or wait until they expire.
error-server-key = The server at { $address } has another key than expected, so no connection was made. Check the address and ask the district's specialist. No data was sent.
error-server-unreachable = The server { $address } does not answer. Check the internet and the address. What you wrote is saved on this device and goes out by itself once there is a connection.
error-server-unknown-school = The server { $address } does not know this school. Get a claim link from the district's specialist.
error-server-quota = The school's space on the server is used up. Ask the district's specialist for more. What you wrote is saved on this device.
error-server-store = The server could not write to its disk. Tell the district's specialist. What you wrote is saved on this device.
error-server-not-set = No server is set. Give a claim link with `jospar sync --server`, or use a USB stick: `jospar bundle`.
error-claim-used = This claim link has been used. Ask the district's specialist for a new one.
error-address = { $text } is not the address of a server. Give a name and a port, for example jospar.example.kz:4443.
error-port-in-use = Another program uses the port { $address }. Choose another port, or stop that program.
error-network = The network failed: { $reason }. Check the connection and try again. What you wrote is saved on this device.
error-protocol = The connection was closed: the other side's answer could not be understood. Try again; if it happens again, update the program on both sides.
error-update-needed = The other side has a newer version of jospar. Update the program on this device. What you wrote is saved and goes out after the update.
error-peer-update-needed = The other side has an older version of jospar. Update the program there.
error-clock = Your computer's clock says { $here }, but that of { $name } says { $there }. Check the clock and set it right. Nothing is lost.
error-not-allowed = Your role ({ $role }) does not allow you to change this document. If you need to, ask the director for the right.
error-not-director = Only a director's device can do this. Tell the director.
error-device-unknown = This device does not belong to the school. Ask the director for an invite.
error-device-revoked = This device was shut out of the school. If that is a mistake, tell the director. What was written here is not deleted.
error-last-director = This is the director's last device. Let in another device of the director first, or nobody could manage the school.
error-not-waiting = The device { $device } is not waiting to be let in. See the list: `jospar devices`.
error-not-a-member = The device { $device } is not on the list. See the list: `jospar devices`.
error-path-not-found = There is no { $path }. See what there is: `jospar show`.
error-path-unreadable = { $path } does not name a place. Write it like this: initiatives/in1/due.
error-document-not-found = There is no document { $name }. See the list: `jospar show`.
error-document-ambiguous = Several documents ({ $count }) are called { $name }. Add the number; see the list: `jospar show`.
error-kind-unknown = There is no kind of document { $name }. See the kinds: `jospar show`.
error-field-unknown = { $path } has no field { $field }. It has: { $known }.
error-wrong-command = The field { $path } is changed in another way. Use the command { $command }.
error-value-date = { $value } is not a day. Write it like this: 2026-11-23.
error-value-number = { $value } is not a number. Write, for example, 12 or 0.5.
error-value-flag = Write true or false instead of { $value }.
error-value-choice = { $value } does not fit. Choose one of: { $choices }.
error-value-text = The field { $path } takes a text.
error-value-record = The item could not be read: { $reason }. Give it as JSON, for example '{ "{" }"title": "…"{ "}" }'.
error-text-too-long = The text is too long: { $count } characters, and the limit is { $limit }. Shorten it or split it.
error-item-exists = There is an item { $id } already. Choose another id.
error-item-id = { $id } cannot be an id. Use Latin letters, digits and hyphens only.
error-document-read-only = A newer version of jospar made this document; here it can only be read. Update the program.
error-document-damaged = Part of the document is damaged: { $path }. Check it with `jospar doctor`.
error-change-too-large = The change is too large for one step. Make it in parts.
error-no-editor = No text editor is set. Name one in the variable EDITOR, or give the text in the command.
error-editor-failed = The editor { $editor } ended with an error; nothing was changed.
error-plan-json = The file { $path } could not be read: line { $line }, character { $column }. Correct that place and try again.
error-not-a-plan = The file { $path } holds no development plan. Choose a file made by `jospar export`.
error-plan-too-large = The file is too large: { $size }, and the limit is { $limit }.
error-nothing-to-undo = There is nothing to undo: nothing was changed on this device lately.
error-no-conflict = There is no conflict at { $path }. See all of them: `jospar conflicts`.
error-conflict-choice = There is no version { $number }. Choose a number from 1 to { $count }.
error-backup-manifest = { $path } is missing or is not a backup: it did not finish. Choose another backup.
error-backup-mismatch = The backup is not what its description says. Choose another backup.
error-backup-damaged = The backup is damaged. Choose another backup.
error-restore-not-empty = The folder { $folder } holds data. Name an empty folder, or add --replace: the old data is set aside, not deleted.
error-node-other-version = Another version of jospar runs in the background. Stop it and start it again.
error-node-already-running = jospar runs in the background for this folder already. A second one is not needed.
error-node-not-responding = The jospar that runs in the background does not answer. Stop it and start it again. What was saved is safe.
error-needs-yes = A confirmation is needed, but there is no terminal to ask in. If you agree, run it again with --yes.
error-cancelled = Cancelled; nothing was changed.
error-language = There is no language { $value }. Write kk, ru or en.
error-role-unknown = There is no role { $value }. Choose one of: { $choices }.
error-usage-command = There is no command { $value }. See the commands: { $help }.
error-usage-argument = There is no option { $value }. Help: { $help }.
error-usage-missing = { $value } is missing. Help: { $help }.
error-usage-value = { $value } does not fit { $argument }. Help: { $help }.
error-usage-conflict = { $argument } and { $value } cannot be used together. Help: { $help }.
error-internal = jospar met an internal error: { $reason }. The saved data is safe. Try the command again; if it happens again, send this message to the developers.
