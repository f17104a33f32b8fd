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
duration-hours = { $amount } h
duration-days = { $amount ->
    [one] { $amount } day
   *[other] { $amount } days
}
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
role-about-auditor = reads the auditor's page and the documents opened to them
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
kind-survey-rows = Answers to a survey
kind-learner-results = A learner's results
kind-reflection = Private reflection
kind-device-record = Record of a device
kind-plugins = Plugins
kind-file = Photo or file
kind-plugin-package = Package of a plugin
kind-approvals = Approvals
kind-audit-page = Auditor's page
kind-years = Past years
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
synced-server = Synced: the plan here and on the server is the same.
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
refused-document-full = The space that the server keeps for this document is used up.
refused-workspace-full = The space that the server keeps for this school is used up.
refused-malformed = The data is damaged or was not written by jospar.
refused-dropped = This document was dropped for good.
refused-actor = The changes of this device came out of order. The data folder may have been copied.
refused-newer-version = The change was made by a newer version of jospar. Update the program.
refused-unknown-workspace = The plan of your school is not kept here.
refused-protocol = The other side's answer could not be understood; the connection was closed.
refused-too-much = The other side sent more than is allowed; the connection was closed.
refused-invite = The invite does not hold.
refused-store = The other side could not write to its disk.
quarantine-revoked = Made after the device was shut out or lost the right to write here.
quarantine-semantic = The change does not fit the document: it writes where there is nothing, or it is damaged.
quarantine-dependency = It builds on another change that was set aside.
quarantine-equivocation = One device made two different changes with one number. The data folder may have been copied.
quarantine-unsupported = This version of the program cannot show such a change. Update it.
quarantine-locked = Sealed under a key that this device does not have.
quarantine-unsealed = The sealed change is damaged, or is not inside what it says outside.

### Errors: what happened, then what to do

error-not-a-workspace = The folder { $folder } holds no school plan. To start a new plan run `jospar init`; to join one run `jospar join`.
error-already-a-workspace = The folder { $folder } holds a school plan already. Work with that one, or name another folder with --data.
error-in-use = Another program has the folder { $folder } open. Close it and run the command again.
error-store-damaged = The data in { $folder } is damaged. Stop the node and run `jospar doctor --repair`: it keeps what is good and sets the damaged file aside. The data on other devices is safe.
error-repair-nothing = Nothing in { $folder } could be saved; it was left as it is. Restore a backup (`jospar restore`), or move the folder away and join the school again. The data on other devices is safe.
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
error-export-part = There is no part { $part } for such a file. Choose one of these: { $known }.
error-export-part-needed = A CSV file holds one table. Choose one of these: { $known }.
error-export-id = Nothing has the id { $id }. Look the id up in the plan.
error-export-id-alone = A file of the kind { $format } cannot hold one thing alone. Leave the id away, or choose docx or md.
error-export-json-whole = A JSON file holds all of the plan. For a part choose another kind: docx, xlsx, csv, ics or md.
error-export-terminal = Such a file cannot be read in a terminal. Name a file.
error-export-moment = The clock of this computer shows a day that cannot be right. Correct it and try again.
error-export-failed = The file was not made: { $reason }.
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
error-invite-refused = The invite was not accepted: it expired, was used or was withdrawn. Ask the director for a new one.
error-invite-other-school = The invite is for another school, and { $folder } holds the plan of yours. Name an empty folder with --data.
error-invites-too-many = Too many invites are open: { $count }. Use one of them, or wait until they expire.
error-server-key = The server at { $address } has another key than expected, so no connection was made. Check the address and ask the district's specialist. No data was sent.
error-server-unreachable = The server { $address } does not answer. Check the internet and the address. What you wrote is saved on this device and goes out by itself once there is a connection.
error-server-unknown-workspace = The server { $address } does not know this school. Get a claim link from the district's specialist.
error-server-quota = The school's space on the server is used up. Ask the district's specialist for more. What you wrote is saved on this device.
error-server-busy = This device connects too often or sends too much, so the server asks it to wait. The connection comes back by itself. What you wrote is saved on this device.
error-server-document-full = One part of the plan has used up the space that the server keeps for one document. Its last changes do not reach the server, but they are saved on this device. Ask the district's specialist for more space.
error-server-full = The server takes no more schools. Ask the district's specialist. What you wrote is saved on this device.
status-later = It is tried again by itself in { $time }.
error-peer-store = The other side could not write to its disk. If it is the server, tell the district's specialist. What you wrote is saved on this device.
error-server-not-set = No server is set. Give a claim link with `jospar claim`, or use a USB stick: `jospar bundle`.
error-nobody-there = Nobody was reached: no server is set, and no other device of the school is on this network. What you wrote is saved on this device. Use a USB stick: `jospar bundle`.
error-not-synced = Not everything was exchanged in time; changes still to be sent: { $count }. They are saved on this device. Run `jospar sync` again.
error-claim-used = This claim link has been used. Ask the district's specialist for a new one.
error-address = { $text } is not the address of a server. Give a name and a port, for example jospar.example.kz:4443.
error-port-in-use = Another program uses the port { $address }. Choose another port, or stop that program.
error-port = The address { $address } cannot be listened at: { $reason }. Choose another address or port.
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
error-still-waiting = The request is sent, but the director has not confirmed it yet. Run the same command again later: it goes on waiting.
error-no-right = You may read this part of the plan but not change it. Nothing was changed. Ask the director for the right.
error-sealed = { $path } is sealed, and this device has no key of it. It is kept and passed on. If you have the right to read it, the key comes with the next sync.
error-drop-reason = Give a reason, not empty and at most { $limit } bytes. Do not name people in it: it stays in the log.
error-drop-part = { $path } cannot be dropped. Name one document of a kind that has many, for example survey_rows/sr1.
error-path-not-found = There is no { $path }. See what there is: `jospar show`.
error-path-unreadable = { $path } does not name a place. Write it like this: initiatives/in1/due.
error-document-not-found = There is no document { $name }. See the list: `jospar show`.
error-document-ambiguous = Several documents ({ $count }) are called { $name }. Add the number; see the list: `jospar show`.
error-kind-unknown = There is no kind of document { $name }. See the kinds: `jospar show`.
error-field-unknown = { $path } has no field { $field }. It has: { $known }.
error-wrong-command = The field { $path } is changed in another way. Use the command { $command }.
error-field-unknown-here = { $path } has no field { $field }. See what it has: `jospar show { $path }`.
error-value-date = { $value } is not a day. Write it like this: 2026-11-23.
error-value-number = { $value } is not a number. Write, for example, 12 or 0.5.
error-value-flag = Write true or false instead of { $value }.
error-value-choice = { $value } does not fit. Choose one of: { $choices }.
error-value-text = The field { $path } takes a text.
error-value-record = The item could not be read: { $reason }. Give it as JSON, for example '{ "{" }"title": "…"{ "}" }'.
error-text-too-long = The text is too long: { $count } characters, and the limit is { $limit }. Shorten it or split it.
error-value-field = { $value } is not a field with its value. Write it like this: title.kk=… or likelihood=3.
error-item-exists = There is an item { $id } already. Choose another id.
error-item-id = { $id } cannot be an id. Use Latin letters, digits and hyphens only.
error-document-read-only = A newer version of jospar made this document; here it can only be read. Update the program.
error-document-damaged = Part of the document is damaged: { $path }. Check it with `jospar doctor`.
error-change-too-large = The change is too large for one step. Make it in parts.
error-no-editor = No text editor is set. Name one in the variable EDITOR, or give the text in the command.
error-editor-failed = The editor { $editor } ended with an error; nothing was changed.
error-plan-json = The file { $path } could not be read: line { $line }, character { $column }. Correct that place and try again.
error-not-a-plan = The file { $path } holds no development plan. Choose a file made by `jospar export`.
error-plan-too-much = The file holds too much: { $count } entries, and the limit is { $limit }. Split the file and import its parts.
error-plan-too-large = The file is too large: { $size }, and the limit is { $limit }.
error-nothing-to-undo = There is nothing to undo: nothing was changed on this device lately.
error-no-conflict = There is no conflict at { $path }. See all of them: `jospar conflicts`.
error-change-unknown = There is no change { $change }, or several begin like that. See the list: `jospar history`.
error-conflict-choice = There is no version { $number }. Choose a number from 1 to { $count }.
error-backup-manifest = { $path } is missing or is not a backup: it did not finish. Choose another backup.
error-backup-mismatch = The backup is not what its description says. Choose another backup.
error-backup-damaged = The backup is damaged. Choose another backup.
error-restore-not-empty = The folder { $folder } holds data. Name an empty folder, or add --replace: the old data is set aside, not deleted.
error-node-other-version = Another version of jospar runs in the background. Stop it and start it again.
error-node-already-running = jospar runs in the background for this folder already. A second one is not needed.
error-node-not-responding = The jospar that runs in the background does not answer. Stop it and start it again. What was saved is safe.
error-node-not-running = jospar does not run in the background for this folder, so there is nothing to stop.
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

### Help: commands

help-about = A school's development plan: works without the internet, syncs by itself when it can
help-about-server = The district server: keeps and delivers the schools' changes without reading the plans
help-heading-usage = Usage
help-heading-commands = Commands
help-heading-arguments = Arguments
help-heading-options = Options
help-help = Show help
help-version = Show the version
help-usage-options = [options]
help-usage-command = <command>
help-more = More about a command: { $command }
help-init = Start a new school plan
help-show = Show the plan, a document or one item
help-set = Write a value: a day, a number, a choice
help-add = Add an item
help-remove = Remove an item
help-keep = Bring a removed item back
help-move = Move an item to another place
help-include = Add a short text to a set
help-text = Change a text in an editor or from a file
help-status = Show what is saved and what is synced
help-sync = Exchange changes with the server and the other devices
help-history = Show who changed what, and when
help-conflicts = Show conflicts with all their versions
help-resolve = Choose one version of a conflict
help-undo = Undo your own last change
help-restore-to = Bring a part of the plan back to what it was at a change
help-lint = Check the plan for signs of merely formal digitalisation
help-import = Import a plan from JSON or rows of a list from a table, or take in a transfer file or a join request
help-export = Write the plan to a file: JSON, Word, Excel, CSV, calendar or Markdown
help-bundle = Write a transfer file for a USB stick
help-bundle-export = Write the plan's changes to a transfer file
help-bundle-import = Take in the changes of a transfer file
help-invite = Make an invite for another device
help-claim = Take the school's place on a server, with a claim link
help-join = Join a school with an invite
help-devices = Show the school's devices and those that wait to be let in
help-confirm = Let in a device that waits
help-decline = Turn away a device that waits
help-revoke = Shut a device out of the school
help-drop = Drop a document for good on all devices
help-backup = Make a backup
help-restore = Restore from a backup
help-doctor = Check that the data is sound
help-quarantine = Show the changes that were set aside
help-quarantine-adopt = Adopt a change that was set aside as your own
help-quarantine-discard = Take a change that was set aside off the list
help-completions = Let the Tab key complete commands
help-node = Keep jospar running, always in sync with other devices
help-open = Open the plan in the browser
help-server-run = Run the server
help-server-claim = Make a link that a school claims its place with
help-server-status = Show the schools and what is kept for them
help-server-backup = Make a backup while the server runs
help-server-verify = Check that a backup is whole and sound
help-server-restore = Restore the server from a backup
help-server-doctor = Check that the server's data is sound

### Help: arguments

help-arg-data = The data folder
help-arg-keys = The folder for keys
help-arg-language = Language of the messages: kk, ru or en
help-arg-json = Print JSON for programs
help-arg-quiet = Show errors only
help-arg-verbose = Tell more
help-arg-yes = Do not ask for confirmation
help-arg-dry-run = Show what would happen and change nothing
help-arg-school = The school's name
help-arg-person = Your name
help-arg-device-name = The device's name, for example: director's laptop
help-arg-document = The document: the name of its kind, or its number
help-arg-path = The place, for example initiatives/in1/due
help-arg-value = The new value; without it the field is cleared
help-arg-short-text = The short text
help-arg-short-text-out = The short text to take out of a set; without it the item is removed
help-arg-as-text = Take every value as text, also a number
help-arg-new-text = The new text; without it an editor opens
help-arg-from = A file with the new text, or - for standard input; without it an editor opens
help-arg-text-language = Language of the text: kk, ru or en
help-arg-item = The item's content as JSON
help-arg-fields = The item's fields, for example title.kk=… likelihood=3
help-arg-item-id = The new item's id; without it the program chooses one
help-arg-after = Put it after this item
help-arg-first = Put it first
help-arg-keep = Bring a removed item back
help-arg-number = The number of the version
help-arg-choice = The number of the version, or keep or remove for a removed item
help-arg-limit = How many lines to show
help-arg-count = How many changes
help-arg-as-of = As of this day
help-arg-strict = End with exit code 1 if anything is found
help-arg-strict-status = End with exit code 1 if the plan is not synced
help-arg-at = As it was at this change
help-arg-server = The server's address or a claim link
help-arg-timeout = How many seconds to wait
help-arg-watch = Keep syncing until stopped
help-arg-offline = Stay off the network
help-arg-file = The file
help-arg-out = The file to write to
help-arg-format = The kind of file: json, docx, xlsx, csv, ics or md; without it the end of the file's name decides
help-arg-part = One part of the plan, for example risks; for CSV one table, for example kpis/measurements
help-arg-thing-id = The id of one thing: a meeting for its minutes, an order, a bulletin, a lesson study
help-arg-since = Leave out what the other device has
help-arg-role = The role: director, teacher, contributor, viewer or auditor
help-arg-kinds = The kinds of documents that the role opens, with commas between
help-arg-scope = The documents that the role opens
help-arg-expires = How many hours the invite holds
help-arg-qr = Show a QR code for a phone
help-arg-link = The invite link
help-arg-address = Where other devices reach this one if there is no server, as host:port
help-arg-device = The device: its words, or the start of its key
help-arg-reason = The reason
help-arg-backup = The backup file
help-arg-heads = Also give a mark of what is shown; opens every document
help-arg-replace = Set the present data aside and put the backup in its place
help-arg-repair = Make a new store of what is good in a damaged one; the damaged one is set aside
help-arg-change = The number of the change
help-arg-shell = The shell: bash, zsh, fish or powershell
help-arg-listen = The address and port to listen on
help-arg-no-lan = Do not look for the school's devices on the local network
help-arg-no-browser = Only print the link
help-arg-stop = Stop the one that runs in the background
help-arg-public-address = The address that schools connect to
help-arg-quota = Space for one school, in MB
help-arg-log = The form of the log: text or json

### Opening and changing a plan

init-done = The plan of “{ $school }” is ready. Data folder: { $folder }.
init-device = This device: { $name }, role: { $role }. Its words: { $words }.
init-next = Next, import a plan ({ $import }) or invite a second device ({ $invite }).
init-recovery = The key is kept on this computer only: { $path }. Let in a second device of the director, so that losing one does not leave the school unmanaged.
show-empty = There is nothing here yet.
show-documents-line = { $name }: { $items }, last changed { $when }
show-documents-line-new = { $name }: { $items }
show-newer = A newer version of jospar wrote this part. Here it can only be read.
show-damaged = This part is not as expected: { $path }. It is not deleted, only not shown.
show-sealed = Sealed: this device has no key of it.
show-sealed-count = sealed: { $count }
show-has-conflicts = There { $count ->
    [one] is
   *[other] are
} { $count ->
    [one] { $count } conflict
   *[other] { $count } conflicts
}. See: { $command }.
set-done = { $path } is { $value } now.
set-cleared = { $path } is cleared.
set-unchanged = { $path } was that already; nothing changed.
add-done = Added { $path }.
remove-done = Removed { $path }. To bring it back: { $command }.
move-done = Moved { $path }.
keep-done = { $path } is back.
include-done = Added to { $path }: { $value }.
exclude-done = Taken out of { $path }: { $value }.
text-done = The text { $path } is saved.
text-unchanged = The text did not change.
text-merged = Others changed { $path } while you wrote. Both are kept; read how it turned out.
text-editor-note = Change the text, save it and close the editor.

### Status and sync

status-school = School: { $school }
status-device = This device: { $name } ({ $role }), words: { $words }
status-folder = Data folder: { $folder } ({ $size })
status-content = Kept: { $documents ->
    [one] { $documents } document
   *[other] { $documents } documents
}, { $changes ->
    [one] { $changes } change
   *[other] { $changes } changes
}
status-server = Server: { $address }, last reached { $when }
status-server-never = Server: { $address }, not reached yet
status-server-none = No server is set. The plan is kept on this device and exchanged by USB stick.
status-dropped = Dropped for good: { $document } ({ $reason }): deleted on { $devices } of { $of } devices.
status-dropped-missing = Not yet: { $names }.
status-server-state = Server: { $address }: { $state }
status-peer = { $name }: { $state }, last reached { $when }
status-peer-state = { $name }: { $state }
status-clock = This computer's clock differs from the others' by { $time }. Check it and set it right.
status-heads = What is shown: { $heads }
status-peer-lost = The server or another device no longer had { $count ->
    [one] { $count } change
   *[other] { $count } changes
} that it had confirmed: an old copy of its data was put back. They were sent again; tell the person who runs it.
status-quarantine = Set aside: { $count ->
    [one] { $count } change
   *[other] { $count } changes
}. See: { $command }.
status-pending = Waiting for what came before: { $count ->
    [one] { $count } change
   *[other] { $count } changes
}. They join by themselves once it arrives.
status-node-running = jospar runs in the background.
status-node-stopped = jospar does not run in the background. To start it: { $command }.
sync-connecting = Connecting to { $address }…
sync-connected = Connected. The server's words: { $words }.
sync-done = Sent { $sent ->
    [one] { $sent } change
   *[other] { $sent } changes
}, received { $received ->
    [one] { $received } change
   *[other] { $received } changes
}.
sync-nothing = Nothing new: both sides are the same.
sync-sent-to = { $name }: sent { $count ->
    [one] { $count } change
   *[other] { $count } changes
}.
sync-received = Received: { $count ->
    [one] { $count } change
   *[other] { $count } changes
}.
sync-cost = Network: sent { $sent }, received { $received }; round trips: { $trips }; time: { $time }.
sync-refused = Not accepted: { $count ->
    [one] { $count } change
   *[other] { $count } changes
}. Reason: { $reason }
sync-watching = Syncing. Press Ctrl+C to stop.
sync-lost = The connection was lost. Trying again in { $time }. What you wrote is saved on this device.
claim-done = “{ $school }” has its place on the server { $address }.

### History, conflicts, undo

history-heading = { $path }: history of changes
history-line = { $when }, { $who }: { $what }
history-empty = There are no changes yet.
history-more = And { $count ->
    [one] { $count } change
   *[other] { $count } changes
} more. To see them: { $command }.
history-more-some = There are more. To see them: { $command }.
change-set = set { $path } to { $value }
change-cleared = cleared { $path }
change-text = changed the text { $path }
change-added = added { $path }
change-removed = removed { $path }
change-moved = moved { $path }
change-kept = brought back { $path }
change-included = added { $value } to { $path }
change-excluded = took { $value } out of { $path }
change-imported = imported from a file
change-undone = undid: { $what }
change-many = changed { $count ->
    [one] { $count } place
   *[other] { $count } places
} at once
change-place = changed { $path }
conflicts-none = There are no conflicts.
conflicts-intro = Two people wrote different values in one place at the same time. None is lost; choose the right one.
conflict-heading = Conflict { $number }: { $path }
conflict-candidate = { $number }) { $value } ({ $who }, { $when })
conflict-candidate-shown = { $number }) { $value } ({ $who }, { $when }), shown now
removed-edited = { $path }: { $remover } removed it while { $editor } changed it. Nothing is lost.
removed-edited-choices = 1) keep the item with its changes; 2) remove it
conflict-howto = To choose: { $command }
resolve-done = The conflict is settled. { $path }: { $value }.
resolve-kept = { $path } stays, with its changes.
resolve-removed = { $path } is removed.
undo-done = Undone: { $what }.
undo-partly = Undone: { $what }. Others changed this place later; what they wrote was left alone.
restore-to-done = { $path } is again what it was at the change { $change }.
redo-howto = To bring it back: { $command }

### Files

import-done = Imported { $documents ->
    [one] { $documents } document
   *[other] { $documents } documents
} and { $items ->
    [one] { $items } item
   *[other] { $items } items
}.
import-planned = Would import { $documents ->
    [one] { $documents } document
   *[other] { $documents } documents
} and { $items ->
    [one] { $items } item
   *[other] { $items } items
}. Nothing is changed yet.
import-unchanged = The plan has all of the file already; nothing changed.
import-unknown-member = { $path }: this version of the program does not know it. It is kept and exported again.
import-missing-member = { $path }: the file lacks it, and a plan should have it. Fill it in later.
import-wrong-type = { $path }: not what it should be. It is kept as it is until somebody fills the field.
import-more-notices = And { $count ->
    [one] { $count } notice
   *[other] { $count } notices
} more.
export-done = Exported to { $path }: { $documents ->
    [one] { $documents } document
   *[other] { $documents } documents
}, { $size }.
export-written = Exported to { $path }: { $size }.
export-people = The names of people are not in the file.
bundle-done = The transfer file { $path } is ready: { $changes ->
    [one] { $changes } change
   *[other] { $changes } changes
}, { $size }. Copy it to a USB stick and run on the other device: { $command }.
bundle-nothing = There are no new changes to carry over.
bundle-imported = Taken from the transfer file: { $changes ->
    [one] { $changes } change
   *[other] { $changes } changes
}. Known before: { $known }.
bundle-waiting = Waiting for what came before: { $count ->
    [one] { $count } change
   *[other] { $count } changes
}. Bring a complete file from the first device.
bundle-refused = Not accepted from the file: { $count ->
    [one] { $count } change
   *[other] { $count } changes
}.
import-request = { $name } asks to be let in. The words of the device: { $words }. To confirm: { $command }.
bundle-readable = Whoever finds the file can read the plan. Delete it from the stick after the exchange.

### Devices

invite-created =
    The invite is ready. Role: { $role }. It holds until { $expiry }.
    { $link }
invite-note = Give the link to the right person only: it works once. When the device joins, you are asked to confirm it.
join-connecting = Joining through { $address }…
join-waiting = The request is sent. The director has to confirm it on their device. The words of your device: { $words }. Tell them to the director.
join-confirmed = Welcome. This device belongs to “{ $school }” now; your role: { $role }.
join-fetching = Fetching the plan: { $changes ->
    [one] { $changes } change
   *[other] { $changes } changes
} so far.
join-fetch-later = The plan is not all here yet. The rest comes with the next sync: { $command }.
join-declined = The director did not confirm this device. Ask why.
join-file-done = The request { $path } is ready. Take it to the director, who runs { $command }. The words of your device: { $words }.
devices-line = { $name }: { $role }, { $state }, words: { $words }
devices-this = this device
devices-waiting = Waiting to be let in:
devices-waiting-line = { $name }: asks for the role { $role }, words: { $words }. To confirm: { $command }.
devices-revoked = shut out
devices-never-seen = not seen yet
device-unnamed = unnamed device
words-check = Does the joining device show the same four words: { $words }? Ask in person or compare by phone.
confirm-ask = Let the device { $name } into the school? Role: { $role }.
confirm-done = { $name } is let in, role: { $role }.
confirm-declined = { $name } was not let in.
revoke-ask = Shut the device { $name } out of the school? It cannot come back with the same key.
revoke-done = { $name } is shut out of the school. What it wrote before stays in the plan; new changes are not accepted.
revoke-offline = Other devices learn of it at their next sync.
file-added = { $name } added: { $path }, { $size }.
file-stripped = Place and time of the picture and what its device wrote were removed.
file-known = The school has this file already: it was not kept twice.
file-line = { $path }: { $name }, { $hash }
file-line-not-here = { $path }: { $name } (not here yet)
file-none = No evidence has a file.
file-written = { $path } written ({ $size }).
drop-ask = Drop { $document } for good on all devices? It cannot be brought back.
drop-done = { $document } is dropped: on { $devices } of { $of } devices so far. The others follow at their next sync; see `jospar status`.

### Backups, checks, what was set aside

backup-done = The backup is ready and checked: { $path }, { $size }. Keep it on another disk.
backup-no-key = The device's key is not in the backup: another computer has to join anew.
restore-ask = Restore the folder { $folder } from the backup made { $when }?
restore-done = Restored { $documents ->
    [one] { $documents } document
   *[other] { $documents } documents
} and { $changes ->
    [one] { $changes } change
   *[other] { $changes } changes
}. The backup was made { $when }.
restore-set-aside = The old data is not deleted; it was set aside here: { $path }.
restore-next = Changes made after the backup come from the other devices: { $command }.
doctor-ok = All is sound: { $documents ->
    [one] { $documents } document
   *[other] { $documents } documents
} and { $changes ->
    [one] { $changes } change
   *[other] { $changes } changes
} were checked.
doctor-problem = Problem: { $what }
doctor-problems = Problems found: { $count }. Stop the server, then run { $command }. The data on other devices is safe.
doctor-found = Problems found: { $count }. Stop the node, then run `jospar doctor --repair`: it keeps what is good, and the rest comes from other devices. The data on other devices is safe.
doctor-repaired = Repaired: { $count ->
    [one] { $count } change
   *[other] { $count } changes
} kept. Missing changes come from other devices at the next sync.
doctor-check-disk = The file on disk
doctor-check-log = Changes and signatures
doctor-check-views = The documents shown
doctor-check-key = The device's key
doctor-check-clock = The computer's clock
doctor-check-space = Free space on the disk: { $size }
doctor-line-ok = ✓ { $text }
doctor-line-warning = • Look soon: { $text }
doctor-line-problem = ✗ Problem: { $text }
doctor-amiss = To be put right: { $count }. What to do is said above.
doctor-store-ok = The data on disk is sound: every signature and sum holds.
doctor-store-writes = Data is written to the disk and read back.
doctor-store-silent = The server could not write to the disk within a second. Check the disk's space and health, and look at the log: journalctl -u jospar-server.
doctor-store-unsound = The data on disk is damaged in places: { $count }. Stop the server, copy the folder, and restore the newest sound backup.
doctor-store-none = There is no data in this folder yet. Run the server once, or restore a backup.
doctor-store-closed = The data cannot be opened: { $reason }. Copy the folder, and restore the newest backup.
doctor-store-failed = Writing to the disk failed since the server started, times: { $count }. Nothing that was acknowledged is lost. Check the disk and its free space.
doctor-space-ok = There is enough free space on the disk: { $size }.
doctor-space-little = There is little free space on the disk: { $size }. Make room, or enlarge the disk.
doctor-space-none = There is almost no free space on the disk: { $size }. Make room now: once it is used up, nothing more can be saved.
doctor-clock-ok = The computer's clock is right.
doctor-clock-unset = The computer's clock was never set. Set the date and the time.
doctor-clock-skew = The computer's clock differs from the others' by { $time }. Check the date and the time.
doctor-keys-ok = Nobody but their owner can read the key files.
doctor-keys-of-folder = The key files have the rights of their folder; they are not looked at here.
doctor-keys-exposed = Others can read the key file { $path }. Take that right away: chmod 600.
doctor-encryption-ok = The disk that the plan lies on is encrypted.
doctor-encryption-none = As far as the system tells, the disk that the plan lies on is not encrypted: whoever takes this computer can read the plan, but neither answers nor results. Have the disk encrypted (LUKS, BitLocker).
doctor-encryption-unknown = Whether the disk is encrypted cannot be told here. If it is not (LUKS, BitLocker), whoever takes this computer can read the plan, but neither answers nor results.
doctor-settings-ok = The settings can be read.
doctor-settings-bad = The settings cannot be used: { $reason }. Correct the file; see “Configure” in the manual.
doctor-port-running = The server is running at { $address }.
doctor-port-free = The server is not running; the port { $address } is free. To start it: systemctl start jospar-server.
doctor-port-taken = Another program has the port { $address }, or this computer has no such address. Stop that program, or change listen in the settings.
doctor-backup-ok = The newest backup was made { $time } ago.
doctor-backup-none = No backup was made yet. Add backup to the settings, or run: jospar-server backup.
doctor-backup-old = The newest backup is old: it was made { $time } ago. Check the space in the backups' folder, and the log.
doctor-schools-full = Schools without room: { $count }. Raise the limit under quotas in the settings, and restart the server.
quarantine-none = No changes are set aside.
quarantine-intro = These changes arrived but did not enter the plan. They are not deleted.
quarantine-line = { $number }) { $document }, { $who }, { $when }: { $reason }
quarantine-adopted = Adopted { $count ->
    [one] { $count } change
   *[other] { $count } changes
}. They are written in your name.
quarantine-discarded = Discarded { $count ->
    [one] { $count } change
   *[other] { $count } changes
}.
completions-howto = Ready for { $shell }. Add this line to its settings: { $line }
node-running = jospar runs. Data folder: { $folder }. Press Ctrl+C to stop.
node-listening = Other devices reach it at { $address }.
node-stopping = Stopping: the last changes are being saved…
node-stopped = Stopped. Everything is saved.

### Progress

progress-opening = Opening the plan
progress-import = Importing the file
progress-export = Exporting
progress-sync = Syncing: { $done } of { $total }
progress-bundle = Writing the transfer file
progress-backup = Making the backup
progress-restore = Restoring
progress-verify = Checking: { $done } of { $total }
progress-doctor = Checking
progress-waiting = Waiting for confirmation

### The district server

server-listening = The server is up: { $address }. Its words: { $words }.
server-folder = Data folder: { $folder }
server-first-run = This is a new server. To give a school its place: { $command }.
server-stopping = The server is stopping: the last changes are being saved…
server-stopped = The server has stopped. Everything is saved.
server-page = The health page: { $address }
verify-done = The backup is sound. Documents: { $documents }, changes: { $changes }. Made: { $when }.
page-title = The jospar server
page-all-well = All is well.
page-look-soon = It works, and something needs a look soon.
page-look-now = Something must be put right now.
page-schools = Schools
page-school = School
page-seen = Last seen
page-documents = Documents
page-changes = Changes
page-size = Size
page-size-of = { $size } ({ $percent }%)
page-now = now
page-ago = { $time } ago
page-never = never
page-made = As of { $when } (UTC). jospar-server { $version }.
claim-link =
    The claim link, good for one school:
    { $link }
claim-note = Give the link to the school's director. It works for one school, once.
server-claimed = A school took its place: { $school }.
server-status-schools = { $count ->
    [one] { $count } school
   *[other] { $count } schools
}, { $online ->
    [one] { $online } device
   *[other] { $online } devices
} online.
server-status-school = { $school }: { $documents ->
    [one] { $documents } document
   *[other] { $documents } documents
}, { $changes ->
    [one] { $changes } change
   *[other] { $changes } changes
}, { $size }, last reached { $when }
server-status-quota = { $school }: { $percent }% of its space is used ({ $used } of { $limit }).
server-status-none = There are no schools yet.
server-privacy = The server cannot change a plan and does not open it, but what it keeps is not encrypted. Limit who can reach its disk.

### Checks against formal digitalisation

lint-none = Nothing found: the plan shows no sign of merely formal digitalisation.
lint-count = Found { $count ->
    [one] { $count } finding
   *[other] { $count } findings
}.
lint-as-of = As of { $date }.
lint-line = { $rule } { $title }: { $text }
lint-place = Place: { $subject }
lint-todo = What to do: { $text }
lint-index = { $subject }: substance index { $index } of 100
lint-index-missing = Missing: { $missing }
lint-l01 = There is a tool, but no proven pedagogical result
lint-l01-advice = Give the initiative a pedagogical result and an outcome KPI, and measure it in time.
lint-l01-no-pedagogy = “{ $title }”: a technology is chosen, but no pedagogical result is written down.
lint-l01-no-outcome-kpi = “{ $title }”: a technology is chosen, but there is no outcome KPI.
lint-l01-overdue = “{ $title }”: the KPI “{ $kpi }” was due to be measured on { $due }.
lint-l02 = A technical upgrade only
lint-l02-advice = Mark what the initiative changes: culture, management or pedagogy.
lint-l02-detail = “{ $title }” touches neither culture nor management nor pedagogy.
lint-l03 = The chain is incomplete
lint-l03-advice = Fill in all three links: strategy, technology and pedagogy.
lint-l03-detail = “{ $title }”: its chain lacks { $missing }.
lint-l04 = A problem or initiative that stands alone
lint-l04-advice = Link every problem to an initiative and every initiative to a problem.
lint-l04-problem = The problem “{ $title }” has no initiative.
lint-l04-initiative = The initiative “{ $title }” answers no problem.
lint-l05 = A level without evidence
lint-l05-advice = Attach evidence of the last 12 months to the level.
lint-l05-none = “{ $title }” is at level { $level } without any evidence.
lint-l05-old = “{ $title }”: the evidence for level { $level } is old ({ $date }).
lint-l06 = A decision by intuition
lint-l06-advice = Give the decision evidence, an owner and a due date.
lint-l06-detail = “{ $text }” lacks { $missing }.
lint-l07 = A KPI that measures nothing
lint-l07-advice = Write down the KPI's baseline, target, source and date.
lint-l07-missing = “{ $title }” lacks { $missing }.
lint-l07-met = “{ $title }”: the baseline { $baseline } meets the target ({ $target }) on day one.
lint-l08 = Counting use is not a result
lint-l08-advice = Put an outcome KPI beside the one that counts use.
lint-l08-detail = “{ $title }” counts use only; no outcome is measured.
lint-l09 = Copied content
lint-l09-advice = Rewrite the text for this initiative or report.
lint-l09-detail = The text of “{ $title }” is { $percent }% like that of “{ $other }”.
lint-l10 = Scaled without data
lint-l10-advice = Set a criterion and measure the result first; scale afterwards.
lint-l10-no-criterion = “{ $title }” is scaled without a criterion of success.
lint-l10-not-measured = “{ $title }” is scaled without a measured result.
lint-l10-not-reached = “{ $title }” is scaled at { $measured }, short of its criterion { $criterion }.
lint-l11 = A one-sided partnership
lint-l11-advice = Link the duty to real activity and share the work between the partners.
lint-l11-duty = { $partner }, duty “{ $title }”: no activity for { $days ->
    [one] { $days } day
   *[other] { $days } days
}.
lint-l11-edits = { $partner } made { $percent }% of the changes.
lint-l12 = A meeting is late
lint-l12-advice = Set a meeting and take its agenda from the plan's red items.
lint-l12-detail = The last meeting was { $days ->
    [one] { $days } day
   *[other] { $days } days
} ago; the agreed rhythm is { $every ->
    [one] { $every } day
   *[other] { $every } days
}.
lint-l13 = A risk nobody looks after
lint-l13-advice = Give the risk an open mitigation with an owner.
lint-l13-detail = “{ $title }” scores { $score } and has no open mitigation with an owner.
lint-l14 = A number differs from its source
lint-l14-advice = Take the number from its source again, or name the source.
lint-l14-differs = “{ $title }” says { $written }, but the source has { $computed } ({ $path }).
lint-l14-no-source = “{ $title }”: the number { $written } has no source.
lint-l15 = AI text without a person's acceptance
lint-l15-advice = Add the AI label; a person has to read the text and accept it.
lint-l15-no-label = “{ $title }” was written with AI and carries no label.
lint-l15-not-accepted = “{ $title }”: nobody accepted the text that AI wrote.
lint-l16 = Personal data is not protected
lint-l16-advice = Record a basis for the tool, and do not show small groups.
lint-l16-tool = “{ $title }” handles personal data without a recorded basis.
lint-l16-floor = “{ $title }”: the smallest group is { $min }, which is too few.
lint-l16-group = “{ $title }” shows a group of { $n }; at least { $min } are needed.
lint-l17 = A contradiction in the numbers
lint-l17-advice = Check the numbers and correct them.
lint-l17-weights-areas = The weights of the audit areas add up to { $sum }, not 1.
lint-l17-weights-criteria = “{ $title }”: the weights of the criteria add up to { $sum }, not 1.
lint-l17-weights-internal = The weights of the internal factors (S, W) add up to { $sum }, not 1.
lint-l17-weights-external = The weights of the external factors (O, T) add up to { $sum }, not 1.
lint-l17-baseline = “{ $title }”: baseline and target are the same ({ $value }).
lint-l17-quality = { $class }, { $subject }: quality ({ $quality }%) cannot exceed success ({ $success }%).
lint-l17-consistency = The pairwise comparison { $group } contradicts itself (CR = { $ratio }). Look at these three first: { $first }, { $second }, { $third }.
missing-evidence = evidence
missing-owner = an owner
missing-due = a due date
missing-baseline = a baseline
missing-target = a target
missing-source = a source
missing-date = a date
part-strategy = strategy
part-technology = technology
part-pedagogy = pedagogy
part-problem = a problem
part-evidence = evidence
part-outcome-kpi = an outcome KPI with baseline and target
part-on-time = measuring in time
part-partners = both partners

### The demo

demo-title = jospar: two devices, one server, one plan
demo-intro = All of it happens on this computer: three programs, three folders, a real network. No internet is needed.
demo-folder = Folder: { $folder }
demo-part-start = 1. A school joins the server
demo-part-offline = 2. No connection, and work goes on
demo-part-online = 3. The connection is back
demo-part-usb = 4. Without the server: by USB stick
demo-part-try = 6. Try it yourself
demo-server-started = The district server is up: { $address }.
demo-director-founded = The director starts the plan of “{ $school }” and claims a place on the server.
demo-teacher-invited = The director sends the informatics teacher an invite.
demo-teacher-joined = The teacher joins. The director compares four words and confirms: { $words }.
demo-imported = The director imports the example plan: { $documents ->
    [one] { $documents } document
   *[other] { $documents } documents
}, { $items ->
    [one] { $items } item
   *[other] { $items } items
}.
demo-first-sync = The plan reaches the teacher's device: { $size }, { $time }.
demo-offline = Both devices go offline now.
demo-director-writes = The director writes in the paragraph “{ $place }”: “{ $text }”
demo-teacher-writes = The teacher writes in the same paragraph: “{ $text }”
demo-director-date = The director sets when “{ $item }” is due: { $date }.
demo-teacher-date = The teacher sets the same date differently: { $date }.
demo-director-risk = The director adds a risk: “{ $title }”.
demo-teacher-risk = The teacher adds a risk, too: “{ $title }”.
demo-both-vote = Both vote for the idea “{ $idea }”.
demo-director-removes = The director removes “{ $item }”.
demo-teacher-edits-removed = At the same time the teacher adds to that very item: “{ $text }”
demo-saved-offline = Everything is saved and waits to be sent: { $director ->
    [one] { $director } change
   *[other] { $director } changes
} at the director's, { $teacher ->
    [one] { $teacher } change
   *[other] { $teacher } changes
} at the teacher's.
demo-online = Both devices are online again.
demo-merged-text = The paragraph holds the words of both: “{ $text }”
demo-conflict = They disagree about the date, so both values are shown:
demo-conflict-resolved = The director chooses { $date }. The conflict is settled on every device.
demo-risks-both = Both risks are in the plan: { $first }; { $second }.
demo-votes = Both votes count: the idea “{ $idea }” has { $count ->
    [one] { $count } vote
   *[other] { $count } votes
}.
demo-removed-edited = What the teacher wrote in the removed item is not lost; a person is asked to decide: “{ $item }”.
demo-equal-heads = The documents are in the same state on all three: { $digest }
demo-equal-vectors = All three have the same changes: { $digest }
demo-equal-two = Both devices are the same: { $digest }
demo-cost = Over the network: { $bytes }; round trips: { $trips }; time: { $time }.
demo-idle-cost = Reconnecting with nothing new: { $bytes }, round trips: { $trips }.
demo-server-off = The server is off, and the devices have no network.
demo-both-write-again = Both make new changes: the director “{ $director }”, the teacher “{ $teacher }”.
demo-usb-written = A file on the USB stick, from { $name }: { $file }, { $size }.
demo-usb-read = { $name } reads the file: { $changes ->
    [one] { $changes } change
   *[other] { $changes } changes
} taken in.
demo-usb-server-back = The server is back and has received what travelled by USB stick.
demo-part-plugins = 5. Plugins: they calculate and propose, a person decides
demo-table-imported = The teacher took in the table { $file } through a plugin: personal answers are sealed, the server cannot read them.
demo-report-equal = "{ $title }": the reports on the two devices are equal to the byte ({ $size }).
demo-proposal-taken = The director accepted a plugin's proposal: the weight of "{ $factor }" is { $after } instead of { $before }. The teacher sees the same.
demo-check-ok = { $what }: as it should be
demo-check-failed = { $what }: not as expected. Expected: { $expected }. Found: { $found }.
demo-done = The demo is over: not a word was lost. Time: { $time }.
demo-failed = The demo stopped: { $reason }. The folder is kept: { $folder }.
demo-try = Open three terminals and run these commands in turn:
demo-try-terminal = Terminal { $number }: { $who }
demo-try-edit = Now change something on both devices, run `jospar sync` and compare.
demo-try-clean = When you are done, the folder can be deleted: { $folder }

### Names of fields

field-accepted-by = accepted by
field-acknowledged = acknowledged
field-activities = activities
field-actual = actual value
field-adaptations = adaptations
field-added = added
field-administration = wording for administration
field-advice = advice
field-after = after
field-agenda = agenda
field-ai = written by AI
field-ai-assisted = made with AI
field-ai-label = AI label
field-ai-run = AI run
field-ai-runs = AI runs
field-ai-uses = uses of AI
field-amount-kzt = amount, tenge
field-answered = answered
field-antipatterns = ineffective traditions
field-approvals = approvals
field-areas = areas
field-artefact = artefact
field-as-of = as of
field-ask = request
field-assistant-cases = management cases
field-at = time
field-at-least = at least
field-at-most = at most
field-attendance = attendance
field-attended = number attended
field-attendees = attendees
field-audience = audience
field-audit = digital audit
field-audit-area = audit area
field-author = author
field-author-group = group of authors
field-baseline = baseline
field-basis = basis
field-before = before
field-benefits = benefits
field-blocks = blocks
field-budget-kzt = budget, tenge
field-by = by
field-capacity = capacity
field-cell = cell
field-chain = chain
field-change-dimensions = dimensions of change
field-change-dims = dimensions of change
field-channel = channel
field-checked-by = checked by
field-part-of = further file of which evidence
field-chosen = chosen
field-claims = claims
field-class = class
field-closed = closed
field-coaching = coaching
field-comments-threads = discussions
field-conclusion = conclusion
field-confidence = confidence
field-contact = contact
field-convention = convention
field-corrections = corrections
field-cost-kzt = cost, tenge
field-criteria = criteria
field-data = data
field-date = date
field-deadline = deadline
field-decision = decision
field-decisions = decisions
field-default-language = default language
field-define = define
field-departments = departments
field-descriptors = descriptors
field-device = device
field-difficulties = difficulties
field-difficulty = difficulty
field-direction = direction
field-done = done
field-due = due
field-duties = duties
field-en = English
field-end = end
field-every-days = every how many days
field-evidence = evidence
field-exchange-log = exchange of experience
field-expected-outcomes = expected outcomes
field-external = external factors
field-extra = further data
field-facilitators = facilitators
field-fear = digital fear
field-feasibility = feasibility
field-figures = figures
field-file-hash = file fingerprint
field-focus-learners = focus learners
field-frequency = frequency
field-from = from
field-antipattern-from = before
field-block-from = taken from
field-strategy-from = built on
field-future = future
field-goals = goals
field-grants = grants
field-groups = groups
field-hash = fingerprint
field-help-requests = requests for help
field-history-example = example of history
field-hours = hours
field-hours-month = hours a month
field-hours-spent = hours spent
field-idea = idea
field-ideas = ideas
field-ideate = ideate
field-illustrative-fields = illustrative fields
field-impact = impact
field-indicators = indicators
field-info-sharing = information sharing
field-initiative = initiative
field-initiatives = initiatives
field-inputs = inputs
field-internal = internal factors
field-items = items
field-judgements = judgements
field-kind = kind
field-kk = Kazakh
field-kpi = KPI
field-kpis = KPIs
field-label = label
field-labels = labels
field-last-sent = last sent
field-last-used = last used
field-layer = layer
field-layers = layers
field-learning = in learning
field-lessons = lessons learnt
field-level = level
field-levels = levels
field-licence = licence
field-likelihood = likelihood
field-links = links
field-load-after = load after
field-load-before = load before
field-log = log
field-maintenance = maintenance
field-management = in management
field-marks = marks
field-max = maximum
field-measure = measure
field-measured = measured
field-measurements = measurements
field-meeting-rule = meeting rule
field-meetings = meetings
field-mentee = mentee
field-mentor = mentor
field-mentoring = mentoring
field-method = method
field-metric = metric
field-min = minimum
field-min-group = smallest group
field-minutes = minutes
field-mentor-session-minutes = length, minutes
field-minutes-by-hand = by hand, minutes
field-minutes-with-ai = with AI, minutes
field-mitigations = mitigations
field-model = model
field-n = count (n)
field-name = name
field-needs = needs
field-next = next
field-next-due = next measurement due
field-nodes = nodes
field-notes = notes
field-notice = notice
field-novelty = novelty
field-number = number
field-on = about
field-opened = opened
field-options = options
field-order = order
field-outcome = outcome
field-output = output
field-output-hash = output fingerprint
field-owner = owner
field-owners = owners
field-pairs = pairs
field-pairwise = pairwise comparison
field-parent = wording for parents
field-partners = partners
field-passport = passport
field-path = place
field-pedagogy = pedagogy
field-people = people
field-period = period
field-person = person
field-pilots = pilots
field-place = place
field-plan = plan
field-position = position
field-privacy = privacy
field-private = private
field-problem = problem
field-problems = problems
field-professional-development = professional development
field-prompt = prompt
field-prototype = prototype
field-published = published
field-purpose = purpose
field-quadrant = quadrant
field-quality = quality, %
field-raci = role matrix (RACI)
field-rating = rating
field-real-situation = real situation
field-refers-to = refers to
field-reflections = reflections
field-rejected-because = rejected because
field-replies = replies
field-residual = residual risk
field-resolved = resolved
field-resources = resources
field-result = result
field-reversed = reversed items
field-reviewer = reviewer
field-risk = risk
field-risks = risks
field-role = role
field-roles = roles
field-ru = Russian
field-scale = scale
field-scales = scales
field-schema = file format
field-school = school
field-school-map = school map
field-scope = scope
field-scores = scores
field-selected = selected
field-selection-rule = selection rule
field-severity = severity
field-shown = shown
field-situation = situation
field-skills = skills
field-source = source
field-sources = sources
field-spent-kzt = spent, tenge
field-sponsor = sponsor
field-sponsors = sponsors
field-stage = stage
field-start = start
field-state = state
field-statement = statement
field-steps = steps
field-strategy = strategy
field-student = wording for students
field-subject = subject
field-success = success
field-swot = SWOT analysis
field-target = target
field-task = task
field-teacher = teacher
field-team = team
field-technology = technology
field-term = term
field-test = test
field-text = text
field-thanks = thanks
field-tickets = tickets
field-time-grants = time granted
field-time-log = time log
field-title = title
field-to = to
field-antipattern-to = after
field-today = today
field-tools = tools
field-topic = topic
field-tows = TOWS strategies
field-unit = unit
field-uses = uses
field-value = value
field-vision = vision
field-voters = number of voters
field-votes = votes
field-weakest-link = rated by the weakest link
field-weight = weight
field-what-next = what next
field-what-worked = what worked
field-survey = survey
field-rows = answers
field-group = group
field-answers = answers
field-comment = comment
field-learner = learner
field-lesson-study = lesson study
field-results = results
field-points = points
field-lesson = lesson
field-sealed = sealed
field-seal-key = seal key
field-dropped = dropped
field-asks = asked for
field-drafted = mark of the draft
field-drafted-blocks = marks of drafted blocks
field-who = who
field-who-suffers = who suffers
field-why = why
field-x = across (x)
field-y = down (y)

### Words of choices

choice-r = responsible (R)
choice-a = accountable (A)
choice-c = consulted (C)
choice-i = informed (I)
choice-s = strength (S)
choice-w = weakness (W)
choice-o = opportunity (O)
choice-t = threat (T)
choice-so = strengths and opportunities (SO)
choice-wo = weaknesses and opportunities (WO)
choice-st = strengths and threats (ST)
choice-wt = weaknesses and threats (WT)
choice-classic = classic
choice-response = response
choice-define = define
choice-ideate = ideate
choice-prototype = prototype
choice-done = done
choice-draft = draft
choice-review = in review
choice-approved = approved
choice-signed = signed
choice-archived = archived
choice-found = found
choice-planned = planned
choice-changing = changing
choice-changed = changed
choice-idea = idea
choice-asked = asked
choice-promised = promised
choice-received = received
choice-refused = refused
choice-preparing = preparing
choice-applied = applied
choice-won = won
choice-lost = lost
choice-kk = Kazakh
choice-ru = Russian
choice-en = English
choice-lesson = digital lesson
choice-decision = decision
choice-ai-tool = AI tool
choice-none = no personal data
choice-internal = internal
choice-personal = personal
choice-open = open
choice-in-progress = in progress
choice-closed = closed
choice-cancelled = cancelled
choice-paused = paused
choice-order-draft = draft order
choice-order = order
choice-analytic-report = analytic report
choice-development-plan = development plan
choice-minutes = minutes
choice-minutes-saved-share = share of minutes saved
choice-bulletin = bulletin
choice-rubric = rubric
choice-task-set = set of tasks
choice-outcome = outcome
choice-use = use
choice-planning = planning
choice-analysis = analysis
choice-scale = scale up
choice-revise = revise
choice-stop = stop
choice-seminar = seminar
choice-training = training
choice-conference = conference
choice-survey = survey
choice-interview = interview
choice-ai-analysis = AI analysis
choice-journal-export = journal export
choice-lesson-results = lesson results
choice-pilot-result = pilot result
choice-document = document
choice-photo = photo
choice-teachers = teachers
choice-students = students
choice-parents = parents
choice-ai = AI
choice-tools = tools
choice-up = should go up
choice-down = should go down
help-role = Give a member another role
help-deputy = Make a member's device a second director's device, so that losing one does not matter
help-rotate = Take a new key for this device; person and role stay
help-recovery = Make a recovery sheet, or use one
help-recovery-sheet = Make a recovery sheet: 24 words that make a new device a director
help-recovery-use = Make this device a director with the words of a recovery sheet, read from the keyboard or standard input
help-trust = Show who can manage the school and which decisions have no effect
help-quarantine-list = Show the changes that were set aside
help-arg-until = The last day of the role, for example 2026-12-31
help-arg-recovery-file = A transfer file of the school, from any member's device; not needed if the plan is here
help-arg-lost = The director's device that was lost, if there are several
help-arg-set-aside = The number in the list, or the start of the change
assign-ask = Give the device { $device } the role { $role }?
assign-done = { $name } now has the role { $role }. What was written before stays in the plan.
assign-until = The role ends on { $date }.
rotate-ask = Take a new key for this device? The old one cannot be used any more.
rotate-done = The key was exchanged. The device's words are now: { $words }.
rotate-next = If jospar was running, it has stopped: start it again.
recovery-sheet-title = Recovery sheet. Write these 24 words down by hand or print them:
recovery-sheet-keep = Keep the sheet in the school's safe. Whoever has it can become director, once. Do not photograph it.
recovery-type = Type word { $number }:
recovery-sheet-done = The recovery sheet holds. Earlier sheets do not hold any more.
recovery-ask-words = Type the 24 words of the sheet in one line:
recovery-done = This device is now a director's device. Its words: { $words }.
recovery-lost = The lost device is shut out: { $words }. All devices are told of it.
recovery-next = The sheet is used up. Make a new one: { $command }.
trust-state = Director's devices: { $directors }, recovery sheets that hold: { $sheets }.
trust-one-director = WARNING: only one device can manage the school, and there is no recovery sheet. If it is lost, nobody can let devices in or out. Make a sheet: { $command }, or a deputy.
trust-recovered = WARNING: { $name } ({ $words }) became director with a recovery sheet. If that was not agreed, shut the device out at once.
dropped-line = Without effect: entry { $number } ({ $kind }) by { $name }: { $reason }
dropped-not-director = Its signer had lost the director's right by then.
dropped-not-member = Its signer's device was shut out or had another key by then.
dropped-shut-out = The device that it is about was shut out.
dropped-key-taken = The new key was known already.
dropped-sheet = The recovery sheet was used or replaced.
entry-genesis = start
entry-grant = letting in
entry-assign = role
entry-revoke = shutting out
entry-server = server
entry-rotate = new key
entry-sheet = recovery sheet
entry-recover = recovery
entry-settle = decision on changes set aside
entry-drop = deleting a document
entry-later = of a newer version
quarantine-group = { $number }) { $document }, { $who }, { $when }, { $count ->
    [one] { $count } change
   *[other] { $count } changes
}: { $reason }
quarantine-not-adoptable = There is nothing in it that could be written again.
quarantine-next = The director decides: { $adopt } or { $discard } with the number.
quarantine-discard-ask = Take number { $number } off the list on all devices? It is not written into the plan.
error-recovery-sheet = This recovery sheet does not hold: it was used or replaced, or belongs to another school.
error-recovery-count = A sheet has { $wanted } words, not { $count }. Type all of them.
error-recovery-word = Word { $number } (“{ $word }”) is not a word of a sheet. Look at it again.
error-recovery-check = The words do not fit together: at least one is another word of the list. Compare them one by one.
error-recovery-typed = That is another word. The sheet does not hold yet: write the words down and start again.
error-recovery-which = Name the director's device that was lost with --lost: { $devices }
error-nothing-to-adopt = There is nothing in these changes that could be written again. Discard them.
choice-before = before
choice-after = after
choice-teacher = teacher
choice-student = student
choice-parent = parent
choice-administration = administration

### Approval

help-approve = Approve the plan or a document with your signature
help-approvals = Show what is approved and whose signature is missing
help-approval = Prove or check an approval
help-approval-export = Write a file that proves an approval
help-approval-verify = Check an approval file without the plan
help-approval-code = Show the approval code for a paper
help-approval-check = Hold the code of a paper against the plan on this device
help-audit-page = Show the district auditor's page
help-arg-what = plan, a kind of document, or the path of a document such as documents/doc1
help-arg-code = The text of the QR code on the paper
help-arg-publish = Publish the page for the auditor
approve-ask = { $what }: documents { $documents }, text { $hash }. Approve this text with your signature?
approve-done = Signed: { $what }, text { $hash }, as { $role }.
approval-not-approved = Not approved.
approval-waits-teacher = Waits for the informatics teacher's signature.
approval-waits-director = Waits for the director's signature.
approval-approved = Approved.
approval-differs = Approved version differs: it was changed since.
approval-not-here = Its text is not on this device.
approval-counts = for this text
approval-earlier = for an earlier text
approval-stands = valid
approval-ended = does not count: the right ended later, and nothing shows that it was signed before
approval-no-right = does not count: the signer had no right to sign
approval-policy-missing = does not count: the entry about the right is not here
approval-other-workspace = does not count: it belongs to another school
approval-newer = made by a newer version of the program
approval-invalid-signature = not valid: the signature is forged or was moved to another text
approval-unreadable = not valid: cannot be read
approval-altered = not valid: its record was altered
approval-other-content = not valid: the text at the state that it names is another
approvals-line = { $what } ({ $hash }): { $state }
approvals-before = Approved before: { $when }.
approvals-rewritten = The text is the approved one: it was changed and changed back.
approvals-signature = { $who }, { $role }, { $when }: { $state }
approvals-changed = Changed: { $document }
approvals-added = Added: { $document }
approvals-removed = Removed: { $document }
approvals-more = More documents: { $count }
approvals-invalid = Record { $approval }: { $state }
approval-file-written = Written: { $path } ({ $size }), signatures: { $count }. To check it: { $command }
approval-proof-earlier = NOTE: this is about the version that was approved last; the text is another now.
approval-verified = { $what }, “{ $title }”, { $school }. Documents: { $documents }, text { $hash }.
approval-verified-by = By the entries about rights in the file ({ $entries }, school { $school }). Later entries may be missing in it.
approval-code-state = The code on the paper: { $state }
approval-text-current = { $what }: the code is about the text as it is on this device.
approval-text-earlier = { $what }: the code is about an earlier text, which was changed since.
approval-text-unknown = { $what }: there is no such text on this device.
audit-page-none = The school has not published the auditor's page yet.
audit-page-title = { $school }: { $title }. Made: { $when }
audit-page-signature = { $role }, { $when }: { $state }
audit-page-section = { $part }: items { $items }, last change { $when }
audit-page-findings = Findings: { $count }
error-approval-what = { $path } is not approved. Name the plan, a kind of document, or a document such as documents/doc1.
error-approval-no-right = This device may not sign. The plan is approved by the director and the informatics teacher, a paper by the director alone.
error-approval-empty = There is nothing to approve: it is empty.
error-approval-moved = The text has changed since you saw it; nothing was signed. Look at it again and start anew.
error-approval-conflicts = Open conflicts: { $count }. Choose first: { $command }
error-approval-not-ready = The plan is not ready: an initiative lacks a link of its chain, or a problem has no initiative: { $places }
error-approval-not-accepted = An AI tool wrote a part of this, and nobody has accepted it, so it cannot be signed: { $places }. Read it and accept it: `jospar model accept`.
error-approval-too-large = There are too many documents for one approval.
error-approval-none = Nobody has signed this yet.
error-approval-not-a-file = { $path } is no approval file.
error-approval-file-damaged = The approval file { $path } is damaged or was not copied completely. Copy it again.
error-approval-file-forged = A signature or an entry about rights in { $path } is forged. Do not trust it.
error-approval-other-text = { $path }: a signature is about another text and proves nothing of this one.
error-approval-code = This is no approval code, or a letter of it was changed. Scan it again.
error-approval-other-school = The code belongs to another school.

### Plugins

plugin-manifest-too-long = The plugin's manifest has { $bytes } bytes; { $max } are allowed. Shorten it.
plugin-manifest-json = The plugin's manifest, line { $line }, column { $column }: { $reason }.
plugin-manifest-field = The plugin's manifest: { $problem ->
    [empty] { $field } is empty, or lacks one of the three languages
    [long] { $field } is too long, or has too many entries
    [characters] { $field } has characters that do not belong there
    [twice] { $field } is there twice
    [api] { $field } names an interface that this version of jospar does not have. Update the program or choose another version of the plugin
    [value] { $field } does not fit the type and bounds of the setting
    [setting] { $field } does not belong to this type of setting, or is missing
   *[own] { $field } asks for the plugin's own result
}.
plugin-manifest-missing = This has no plugin's manifest: a component carries it in the section jospar:manifest, a script in the comment that it begins with.
plugin-manifest-twice = This has more than one plugin's manifest. Leave one.
plugin-package-too-large = The plugin has { $bytes } bytes; { $max } are allowed.
plugin-package-none = This file is no plugin: neither a component of WebAssembly nor a script that begins with a manifest.
plugin-package-module = This is a module of WebAssembly, not a component. Build the plugin with `jospar plugin build`.
plugin-package-damaged = The plugin's file is damaged at byte { $at }: { $reason }. Get it again.
plugin-package-text = The script is not in UTF-8 (byte { $at }). Save it as UTF-8.
plugin-package-runner = The manifest's field runner does not fit the file: a script in JavaScript has js-1, one in Python py-1, a component none.
plugin-signature-misplaced = The plugin's signature is not at its end: the file was altered after it was signed. Get it again from its author.
plugin-signature-invalid = The plugin's signature does not hold: the file was altered after it was signed. Get it again from its author.
plugin-id-invalid = { $id } is no plugin's id: letters a-z, digits, hyphens and dots, 64 at most.
plugin-setting-type = The value is not of this setting's type.
plugin-setting-range = The value is out of range. Least: { $min }. Greatest: { $max }.
plugin-setting-choice = The value is none of this setting's choices.
plugin-outcome-too-much = The plugin gave back too much: { $what ->
    [bytes] { $count } bytes
    [blocks] { $count } blocks
    [cells] { $count } cells
    [proposals] { $count } proposals
    [edits] { $count } edits
   *[depth] data nested { $count } deep
}; { $max } are allowed.
plugin-outcome-range = The plugin's report, block { $block }: the level of a heading or the count of decimals is out of range. Tell its author.
plugin-outcome-shape = The plugin's report, block { $block }: rows do not fit the columns, or series the categories. Tell its author.
plugin-outcome-json = The plugin gave back data that cannot be read ({ $what }: { $reason }). Tell its author.
plugin-capability-unknown = There is no capability { $name }. There are: read:PART, survey:totals, survey:rows, lesson:results, result:PLUGIN, store, llm.
plugin-capability-read = read the part “{ $what }” of the plan
plugin-capability-survey-totals = read counts of surveys; small groups stay hidden
plugin-capability-survey-rows = read the answers of surveys, person by person, without names
plugin-capability-lesson-results = read the results of learners in lesson studies
plugin-capability-result = read what the plugin { $what } found last
plugin-capability-store = keep a cache on this device
plugin-capability-llm = ask a language model; each time you see what is sent and say yes or no
plugin-compile-import = The plugin wants something that plugins are not given: { $name }. It was not started. Tell its author to build it without WASI and against jospar:plugin 0.1.
plugin-compile-no-run = The plugin has no function run, so there is nothing to start. Tell its author.
plugin-compile-too-much = The plugin is too large to be made ready: { $what ->
    [bytes] { $count } bytes
    [modules] { $count } modules
    [functions] { $count } functions
    [declarations] { $count } declarations
    [locals] { $count } local variables in one function
   *[function-bytes] { $count } bytes in one function
}; { $max } are allowed.
plugin-compile-invalid = The plugin is not valid WebAssembly: { $reason }.
plugin-compile-interface = The plugin was built against another interface than this version of jospar has: { $reason }. Update the program or choose another version of the plugin.
plugin-compile-runner = A script needs the runner that its manifest names; a component needs none.
plugin-compile-long = The plugin was not made ready: it took more than { $seconds } seconds and was stopped. Nothing else was harmed. Tell its author to make it smaller.
plugin-compile-failed = The plugin could not be made ready: { $reason }.
plugin-host-folder = Plugins cannot be made ready: the folder { $folder } is not to be used ({ $reason }). It has to belong to you alone.
plugin-host-engine = Plugins cannot run on this computer: { $reason }.
plugin-run-task = The plugin has no task { $name }.
plugin-run-file = The file { $name } was not given to the plugin: there are too many files, it is too large, or one of this name is there already.
plugin-run-plugin = The plugin says: { $message }
plugin-run-compute = The plugin was stopped: it computed for more than { $seconds } s. Try it with less data, or tell its author.
plugin-run-long = The plugin was stopped: the run took more than { $seconds } s.
plugin-run-calls = The plugin was stopped: it asked the program more than { $max } times.
plugin-run-memory = The plugin was stopped: it wanted more than { $mebibytes } MiB of memory. Try it with less data, or give it more on its page or with `jospar plugin memory`.
plugin-run-stack = The plugin was stopped: it called itself too deeply. Tell its author.
plugin-run-unreadable = The plugin's answer cannot be read: { $reason }. Tell its author.
plugin-run-trap = The plugin broke off: { $reason }. Tell its author.
plugin-run-cancelled = Stopped.
plugin-run-host = The plugin could not be run: { $reason }.
plugin-answer-denied = This needs the capability { $capability }, which was not granted.
plugin-answer-part = The plan has no part { $name }.
plugin-answer-plugin = { $name } is no plugin's id.
plugin-answer-file = The file { $name } was not given to the plugin.
plugin-answer-text-long = The text has { $bytes } bytes; { $max } are allowed.
plugin-answer-long = What was asked for has { $bytes } bytes; { $max } can be handed over.
plugin-answer-store-key = A key has 1 to { $max } bytes and no control characters.
plugin-answer-store-bytes = The plugin may keep { $max } bytes on this device, and no more.
plugin-answer-store-keys = The plugin may keep { $max } keys on this device, and no more.
plugin-answer-model-requests = The language model was asked { $max } times in this run, which is as often as it may be.
plugin-answer-model-long = The question to the language model has { $bytes } bytes; { $max } are allowed.
plugin-answer-model-request = The question to the language model makes no sense: its template, its language (kk, ru or en) or its length.

### Plugins on a device

error-changed-meanwhile = What stands at { $path } was changed since the plugin ran. Nothing was written. Look at the proposal again.
error-too-many-edits = { $count } edits at once; { $limit } are allowed.
error-package-damaged = The package of the plugin is damaged or was changed ({ $hash }). It was not taken. Ask the colleague to publish it again.
error-package-unknown = The workspace has no package { $hash }.
error-file-too-large = The file has { $bytes } bytes; { $limit } can be kept with the plan. Make the photo smaller or split the PDF.
error-file-type = “{ $name }” was not taken: pictures (JPEG, PNG, WebP), PDF, Word, Excel, PowerPoint, OpenDocument without macros and texts in UTF-8 are.
error-file-picture = The picture “{ $name }” is damaged: it cannot be read to its end, so the place where it was taken cannot be removed either. Save it anew.
error-file-not-here = The file has not reached this device as a whole ({ $hash }). It comes with the next sync.
error-file-damaged = The file is damaged or was changed ({ $hash }), so it is not shown. Add it again.
error-package-too-large = The package has { $bytes } bytes; { $limit } can travel in the plan. Give it to colleagues as a file.
plugin-unknown = There is no plugin { $plugin }. `jospar plugin list` shows which there are.
plugin-id-wrong = { $id } cannot be a plugin's id: small letters a to z, digits, dots and hyphens.
plugin-id-bundled = { $plugin } is a plugin of this program and cannot be replaced. Give yours another id.
plugin-bundled-stays = { $plugin } comes with the program and stays. You can take its rights back: `jospar plugin revoke`.
plugin-unsigned = Nobody signed the plugin { $plugin }: anybody may have changed it. If you know where it comes from, add `--unsigned`.
plugin-other-publisher = This { $plugin } is signed by another publisher ({ $publisher }) than the installed one ({ $pinned }). It was not taken. If the publisher really has a new key, remove the plugin first: `jospar plugin remove`.
plugin-no-longer-signed = The installed { $plugin } is signed ({ $pinned }), this one is not. It was not taken.
plugin-older = { $plugin } { $version } is older than the installed { $installed }. If you want the older one, add `--downgrade`.
plugin-disabled = The plugin { $plugin } failed { $count } times in a row and is switched off. The last time: { $reason } To try again: `jospar plugin enable`.
plugin-capability-not-asked = { $plugin } does not ask for { $capability }, so it cannot be granted.
plugin-library-damaged = The list of plugins on this device is damaged. Move the file plugins/plugins.db out of the data folder and install the plugins again; the plan is safe.
plugin-library-newer = A newer version of jospar wrote the list of plugins on this device. Update the program.
plugin-not-run = { $plugin } has not run on this device yet. Run it first: `jospar plugin run`.
plugin-proposal-unknown = { $plugin } has no proposal { $number }; it made { $count }.
plugin-proposal-accepted = Proposal { $number } was accepted before.
plugin-proposal-closed = A plugin may not change { $path }: who people are and what the school says of plugins is for people alone.
plugin-setting-unknown = { $plugin } has no setting { $setting }.
plugin-file-name = { $name } cannot be the name of a file for a plugin.
plugin-key-damaged = { $path } is not a key for signing plugins.
plugin-folder-empty = { $folder } holds no plugin: neither a script (.py, .js) nor a component (.wasm). For a Rust crate run `jospar plugin build` first.
plugin-folder-two = The folder holds two plugins, { $one } and { $two }. Leave one.
plugin-build-no-cargo = Cargo, which builds Rust, was not found. Install Rust with the target { $target }.
plugin-build-failed = The plugin in { $folder } was not built: { $reason }
plugin-example-json = { $path }, line { $line }: { $reason }
plugin-no-part = The plan has nothing in { $name } yet.
plugin-no-survey = There is no survey { $name }.
plugin-no-study = There is no lesson study { $name }.
plugin-no-result = The plugin { $name } has not run on this device yet.
plugin-no-scale = The survey { $name } has no scale of whole numbers, so answers cannot be counted.
plugin-too-few-answers = { $n } people answered; counts are shown from { $k } on, so that nobody can be recognised.
plugin-no-store = The plugin's cache on this device cannot be used now.
plugin-no-model = No language model is set on this device. The plugin goes on without one.
plugin-list-line = { $plugin } { $version }: { $name } ({ $origin })
plugin-list-offered = Colleagues offer:
plugin-list-offer = { $plugin } { $version }, from { $who }, { $size }: { $state }
plugin-list-missing = not granted: { $count }
plugin-list-disabled = switched off after failures
plugin-origin-bundled = of the program
plugin-origin-file = from a file
plugin-origin-workspace = from a colleague
plugin-state-sound = can be installed
plugin-state-incomplete = still on its way
plugin-state-damaged = damaged
plugin-state-installed = installed
plugin-by = Author: { $author }
plugin-publisher = Publisher's key: { $key }
plugin-publisher-none = Nobody signed it.
plugin-task-line = Task { $task }: { $title }
plugin-need-yes = May { $need } ({ $capability })
plugin-need-no = May not { $need } ({ $capability })
plugin-need-none = It asks for nothing.
plugin-store-line = Keeps on this device: { $size }
plugin-replaces = In place of version { $version }.
plugin-asks = It asks to:
plugin-asks-line = { $need } ({ $capability })
plugin-install-ask = Install { $name } and allow this on this device?
plugin-install-ask-none = Install { $name }?
plugin-pair-ask = Mind: with { $capabilities } and a language model together, answers of single people could be sent to the model's operator. Allow both?
plugin-pair-left-out = The language model was not allowed beside personal data. To allow it: `jospar plugin grant`.
plugin-installed = { $name } { $version } is installed.
plugin-removed = { $plugin } was removed from this device, with its grants and results.
plugin-remove-ask = Remove { $plugin } with all that it keeps on this device?
plugin-grant-ask = Allow { $plugin } on this device: { $needs }?
plugin-grant-what = name capabilities, or `--all`
plugin-enabled = { $plugin } may run again.
plugin-memory-line = The plugin may take { $mebibytes } MiB of memory on this device.
plugin-memory-range = A plugin may have { $min } to { $max } MiB of memory, not { $given }.
plugin-published = { $plugin } { $version } is in the plan for colleagues. Each decides for their own device: `jospar plugin install`.
plugin-setting-line = { $key }: { $value } ({ $title })
plugin-setting-none = The plugin has no settings.
plugin-key-made = The key is in { $path }: keep it safe and give it to nobody. Publisher: { $key }
plugin-signed = { $path } is signed. Publisher: { $key }
plugin-packed = Packed: { $path } ({ $size })
plugin-built = Built: { $path }
plugin-new = The new plugin is in { $folder }. Try it: `jospar plugin test`, then `jospar plugin run`.
plugin-test-equal = { $name }: as expected
plugin-test-written = { $name }: written as what is expected; look at it
plugin-test-different = { $name }: something else came (`--write` takes it as what is expected)
plugin-test-failed = { $name }: { $reason }
plugin-run-kept = Nothing has changed since the last run; this is its result. `--again` runs anew.
plugin-run-denied = Without: { $capabilities } (not granted)
plugin-run-sealed = { $count } documents with personal data cannot be opened on this device and were left out.
plugin-run-nothing = The plugin gave no report.
plugin-run-try = Run { $plugin } and allow it this once: { $needs }?
report-interval = 95 % interval { $low } to { $high }
report-n = n = { $n }
report-method = method: { $method }
report-source = source: { $source }
report-hidden = hidden
report-quotation = “{ $text }” ({ $source })
report-tone-info = Note
report-tone-good = Good
report-tone-warning = Attention
report-tone-critical = Act now
proposals-heading = Proposals (nothing is written until you accept)
proposal-line = { $number }. { $title }
proposal-accepted = accepted
proposal-model = written by a language model, check it
proposal-accept-how = To accept one: { $command }
proposal-set = { $path }: { $before } → { $after }
proposal-add = { $path }: new: { $after }
proposal-remove = { $path }: goes: { $before }
proposal-changed = Since the run it was changed from { $then } to { $now }.
proposal-fault = Cannot be accepted: { $reason }
proposal-more = and { $count } more
proposal-ask = Accept proposal { $number }?
proposal-ask-changed = Others changed values that this would overwrite. Accept proposal { $number } all the same?
proposal-done = Proposal { $number } is accepted; changes: { $count }.
history-with = with { $note }
progress-plugin = The plugin is working
help-plugin = Plugins: see, install, run, accept, share and write them
help-plugin-list = Show the plugins of this device and those that colleagues offer
help-plugin-show = Show a plugin: tasks, rights, settings, runs
help-plugin-install = Install a plugin from a file, or the one that a colleague offers
help-plugin-run = Run a plugin and show its report
help-plugin-accept = Show a proposal of the last run and accept it
help-plugin-grant = Allow a plugin something on this device
help-plugin-revoke = Take a plugin's rights back on this device
help-plugin-enable = Let a plugin run again that was switched off after failures
help-plugin-memory = Say how much memory a plugin may take on this device, in MiB
help-plugin-remove = Remove a plugin from this device
help-plugin-settings = Show a plugin's settings, or set one for the school
help-plugin-publish = Put a plugin into the plan for colleagues
help-plugin-new = Begin a new plugin in a folder of its own
help-plugin-build = Build the plugin in a folder
help-plugin-test = Run a plugin's examples and compare with what its author expects
help-plugin-pack = Pack the plugin in a folder into one file
help-plugin-keygen = Make a key to sign plugins with
help-plugin-sign = Sign a plugin's file
help-arg-plugin = The plugin's id; `jospar plugin list` shows it
help-arg-file-or-offer = A file, a folder, or the id of a plugin that a colleague offers
help-arg-id-or-folder = The plugin's id, or the folder or file of one that is being written
help-arg-task = The task; the plugin's first if it is not named
help-arg-run-file = A file for this run, for example a table of answers; more than once for several
help-arg-again = Run anew even if nothing has changed
help-arg-accept = Accept the proposal of this number after the run
help-arg-proposal = The proposal's number in the report
help-arg-capabilities = What is meant, for example read:swot; `jospar plugin show` lists them
help-arg-all = All that the plugin asks for
help-arg-grant = Allow this and nothing else; more than once for several
help-arg-unsigned = Take a plugin that nobody signed
help-arg-downgrade = Take an older version in place of a newer one
help-arg-key = The setting
help-arg-setting-value = The value for the whole school
help-arg-reset = Set it back to what the plugin's author chose
help-arg-folder = The plugin's folder
help-arg-into = The folder for the new file; the working folder if it is not named
help-arg-name-of-plugin = The new plugin's id, for example kpi-report
help-arg-template = The language that it is written in: python, js or rust
help-arg-write = Take what comes as what is expected
help-arg-key-file = The file with the key that `jospar plugin keygen` made

### The page in the browser

web-group-basis = The basis
web-group-analysis = Analysis
web-group-action = Action
web-group-people = People and learning
web-group-school = The school
web-group-safety = Order and safety
web-page-overview = Overview
web-page-head = The plan and its partners
web-page-needs = Problems and needs
web-page-evidence = Evidence
web-page-swot = SWOT analysis
web-page-audit = Digital audit
web-page-design = Design thinking and pilots
web-page-surveys = Surveys
web-page-initiatives = Initiatives
web-page-kpis = KPIs
web-page-risks = Risks
web-page-meetings = Meetings and decisions
web-page-development = Professional development
web-page-bulletins = Bulletins
web-page-lessons = Lesson study
web-page-mentoring = Mentoring and coaching
web-page-map = Digital school map
web-page-antipatterns = Anti-patterns
web-page-ai = Uses of AI
web-page-documents = Orders and reports
web-page-support = Support and resources
web-page-discussion = Discussion
web-page-people = Names of people
web-page-approvals = Approval
web-page-history = History
web-page-conflicts = Conflicts
web-page-devices = People and devices
web-page-print = Print
web-menu = Pages of the plan
web-skip = To the content
web-way = Where you are
web-to-overview = To the overview
web-no-page = There is no such page.
web-not-done = It was not done
web-save = Save
web-saved = Saved on this device
web-saving = Saving…
web-gone = jospar does not answer. What you typed stays on the page; start jospar again.
web-undo = Undo my last change
web-state-server = All of it is on the server.
web-state-sending = It is on its way to the server.
web-state-offline = The server is out of reach; it will get everything later.
web-handle = { $name }: move (with the mouse or the arrow keys)
web-files-add = Choose a photo or a file, or drop it here
web-files-about = Up to 8 MiB: JPEG, PNG, WebP, PDF, Word, Excel, PowerPoint, OpenDocument, text. The place and time of a picture and what its device wrote are removed.
web-file = Files
web-file-get = Download: { $name }
web-file-not-here = The file has not reached this device as a whole.
web-file-picture = Picture: { $name }
web-file-of = This is a further file of the evidence “{ $name }”
web-company-here = On this page:
web-company-elsewhere = On other pages:
web-state-equal = { $name } has it, too.
web-state-with = { $name } is connected.
web-add = Add
web-add-unnamed = Add a new one
web-add-label = New entry:
web-put-in = Put in
web-take-out = Take out: { $name }
web-new-entry = New entry
web-value = Value
web-move-up = Move up
web-move-down = Move down
web-remove = Remove
web-keep = Keep
web-sealed = Closed for this device
web-conflict = Two different values
web-conflict-values = Two people wrote different values here at the same time. Choose the right one:
web-findings = What the checks found
web-findings-count = What needs attention: { $count }
web-findings-more = And { $count } more, on the pages of the menu.
web-history-here = History of this page
web-history-of = History: { $place }
web-all-history = The whole history
web-last-changes = Last changes
web-and-more = and { $count } more
web-restore = Go back to this state
web-due = Due
web-due-none = Nothing is due.
web-late = overdue
web-who = Who is connected
web-approvals-intro = Both partners sign the text as it is. Whoever changes it later makes it a text that is not approved yet.
web-whole-plan = The whole plan
web-sign = Sign this text
web-members = Who belongs
web-role = Role
web-link = Link
web-invite = Invite a person
web-invite-about = The link lets one device ask to join. You confirm it here with four words.
web-invite-address = Address of this computer in the network
web-invite-make = Make a link
web-invite-ready = The invite is ready
web-until = Valid until { $moment }
web-claim = Put the plan on the district's server
web-claim-about = With a server, colleagues need not be online at the same time. The district gives the link.
web-claim-do = Connect
web-asks = { $name } asks to join ({ $role })
web-words-check = Compare these four words with the ones on the other screen, in person or by phone. Let the device in only if they are the same.
web-let-in = The words are the same: let in
web-send-away = Send away
web-shut-out = Shut out
web-shut-out-ask = The device gets nothing new from now on, and what it writes is not taken. This cannot be undone: the person can only be invited anew.
web-backup = Backup
web-backup-about = A file with the whole plan and its history. Keep it on another drive; whoever has it can read the plan.
web-backup-do = Make a backup
web-progress = Progress
web-not-measured = not measured yet
web-swot-ife = Internal factors (IFE): { $sum }; the weights sum to { $weight }.
web-swot-efe = External factors (EFE): { $sum }; the weights sum to { $weight }.
web-chain-write = Write this link of the chain
web-risk-matrix = Likelihood from 1 to 5 upwards, impact from 1 to 5 to the right
web-print-do = Print or save as PDF
web-print-about = The browser makes pages of it; switch its own headers off if you do not want them.
web-paper = As it is printed and signed
web-approval-code = The code proves the approval: jospar approval check
web-ai-not-accepted = Drafted with AI and not accepted by a person yet
web-print-approved = APPROVED
web-print-date = “___” ____________ 20___
web-welcome = Welcome to jospar
web-welcome-about = The director and the informatics teacher write the school's digital development plan here together. Everything is on this computer and works without internet.
web-begin-new = Begin a new plan
web-begin-invited = I was invited
web-invited-about = Paste the link that the director sent you.
web-school = Name of the school
web-your-name = Your name
web-begin-with = Begin with
web-with-example = an example plan, to be changed step by step
web-with-nothing = an empty plan
web-begin = Begin
web-join = Ask to join
web-at-the-door = Joining a plan
web-entry-connecting = Connecting…
web-entry-waiting = The request has arrived. The director has to confirm it.
web-entry-refused = The request was turned down.
web-words-tell = These are the four words of this device. The director sees the same ones; compare them in person or by phone.
web-again = Try again
web-link-used = This link was used before. Run jospar open again: it opens a new one.
web-quit = Quit jospar
web-quit-done = jospar has quit and everything is saved. You can close this tab.
web-ways = Ways to look at the list
web-way-list = List
web-way-board = Board
web-way-table = Table
web-board-none = No state
web-export = Keep the plan as a file
web-export-about = The file holds no names of people and nothing that is sealed.
web-export-docx = Word document: the whole plan
web-export-xlsx = Excel workbook: all tables
web-export-ics = Calendar: meetings and deadlines
web-export-md = Markdown text
web-export-json = JSON: for programs and another jospar
web-page-model = Language model
web-model-about = A model helps to draft orders and reports. Nothing is sent anywhere until an address is set; and then you see the exact text of every request first. Key and settings are on this device alone.
web-model-off = It is off now: plugins draft from templates alone.
web-model-field-url = Address
web-model-field-model = The model’s name
web-model-field-tokens-max = Tokens of one answer at most
web-model-field-tokens-month = Tokens a month at most
web-model-key = Key
web-model-key-about = Some servers want a key. It is kept in the computer’s keyring and never enters the plan.
web-model-test = Test the connection
web-model-forget = Forget the key
web-model-turn-off = Turn the model off
web-model-spent = Spent and waiting
web-model-waiting = Waiting for a network
web-model-send = Send now
web-model-ask = May this be sent to the model?
web-model-to = To
web-model-tokens = Tokens at most
web-model-names = Names replaced
web-model-bytes = Exactly this text is sent and nothing else. Look for names that are not in the list, and for anything by which somebody is recognised.
web-model-yes = Send this text
web-model-without = Go on without the model
web-model-unread = Parts that a model wrote and nobody has accepted: { $count }. Until somebody has read them the paper cannot be signed.
web-model-read = I have read them and accept them
web-page-recovery = Recovery sheet
web-trust-one-director = ATTENTION: a single device manages the school, and there is no recovery sheet. If it is lost, no device can be added or shut out any more. Make a sheet here, or name a deputy.
web-page-aside = Changes set aside
web-page-files = Files
web-recovery-about = If the director’s laptop is lost or broken, the 24 words of this sheet make a new device the director’s. Print it and keep it in the school’s safe.
web-recovery-count = Sheets that hold: { $count }
web-recovery-make = Make a new sheet
web-recovery-title = Recovery sheet
web-recovery-once = These words are shown once. The sheet does not hold until you confirm.
web-recovery-kept = I have printed the sheet or written it down
web-recovery-hold = Let the sheet hold
web-aside-adopt = Take into the plan in my own name
web-aside-discard = Take off the list
web-aside-discard-ask = These changes will not enter the plan.
web-role-change = Change the role
web-stick = Carry it on a USB stick
web-stick-about = Without internet and server, save the file on a stick and give it to this page on your colleague’s computer. The changes of both are merged; nobody’s are lost.
web-stick-make = Save the file for a stick
web-stick-take = Take in a file from a stick
web-stick-request = { $name } asks to join. Words: { $words }. Open the page “People and devices”.
web-plan-file = A plan from a file
web-plan-file-about = A plan in a JSON file of jospar is added to this plan. After an error nothing has changed.
web-plan-file-take = Take in a JSON file
web-plan-file-done = Entries taken in: { $items }. Members unknown or missing: { $notices }.
web-sheet = A sheet to print
web-page-calendar = Calendar
web-page-search = Search
web-search-label = Search the plan
web-search-do = Search
web-search-count = Found: { $count }
web-month = { $month } { $year }
web-month-name-1 = January
web-month-name-2 = February
web-month-name-3 = March
web-month-name-4 = April
web-month-name-5 = May
web-month-name-6 = June
web-month-name-7 = July
web-month-name-8 = August
web-month-name-9 = September
web-month-name-10 = October
web-month-name-11 = November
web-month-name-12 = December
web-late-all = Overdue
web-news = Changed by others since you last looked: { $count }
web-news-seen = Seen
web-figures = Figures of the partnership
web-figures-about = How much is planned, the rhythm of meetings, decisions with evidence, roles and results in one report.
web-figures-open = Open the figures
web-discuss = Discussion (open: { $count })
web-discuss-new = Write something. To call somebody write @Name
web-discuss-say = Send
web-discuss-answer = Answer
web-discuss-done = Resolved
web-discuss-reopen = Open again
web-discussed = Being discussed
web-discuss-you = calls you
web-page-plugins = Plugins
web-plugins-intro = Plugins calculate, analyse and draft. They write nothing into the plan themselves: they propose, and you accept.
web-plugin-add = Add a plugin
web-plugin-add-about = Choose a file or drop it here. Before it is installed you see what it asks for.
web-plugin-file = The plugin’s file (.wasm, .js, .py)
web-plugin-look = Look at it
web-plugin-unsigned = Nobody signed this plugin: anybody could have changed it.
web-plugin-unsigned-yes = I know where it comes from
web-plugin-install = Install
web-plugin-no = Do not install
web-plugin-enable = Let it run again
web-plugin-memory = Memory it may take, MiB
web-plugin-not-run = It has not run on this device yet.
web-plugin-rights = What it may do
web-plugin-settings = Settings
web-plugin-settings-about = Settings are shared by the whole school.
web-plugin-about = About the plugin
web-plugin-tasks = The plugin’s tasks
web-plugin-run = Calculate
web-plugin-again = Calculate again
web-plugin-with-file = Calculate with a file (CSV, XLSX)
web-proposal-overwrites = Some values were changed after the calculation. Accepting replaces them.
web-proposal-accept = Accept
web-plugin-granted = allowed
web-plugin-denied = not allowed
web-plugin-take-back = Take back
web-plugin-allow = Allow
web-plugin-shared = Offered to colleagues.
web-plugin-share = Offer to colleagues
web-plugin-remove = Remove from this device
web-plugin-beside = Calculation and analysis
web-plugin-open = Open the report and proposals
web-chart-numbers = Numbers
open-running = The plan is open in the browser. Press Ctrl+C to quit.
open-joined = jospar is running already; the plan is opened in the browser.
open-link = Open this link in the browser; it works once: { $link }
open-press-enter = Press Enter to close this window.

### The language model

llm-label = AI text
llm-phase-connect = connecting
llm-phase-first = waiting for the first word
llm-phase-idle = waiting for the next word
llm-phase-total = waiting for the whole answer
llm-finding-number = The sources do not have this number: { $text }
llm-finding-year = The sources do not have this year: { $text }
llm-finding-day = The sources do not have this day: { $text }
llm-finding-name = The sources do not have this name: { $text }
llm-finding-link = The sources do not have this address: { $text }
llm-finding-placeholder = A mark that stands for nobody: { $text }
error-llm-off = No language model is set. If you want one, give its address in the settings.
error-llm-url = This is no address of a model: { $url }. Write, for example, http://127.0.0.1:11434.
error-llm-not-private = { $host } is outside the school's network; nothing was sent. Give an encrypted address (https) or a model on this computer.
error-llm-setting = The setting { $setting } has to be between { $low } and { $high }.
error-llm-key-form = This is no key: it has a space or a letter that no key has. Copy the key again.
error-llm-template = There is no such template: { $template }. Update the plugin.
error-llm-block = The plugin gave its data no usable name: { $block }. Tell the plugin's author.
error-llm-data = There are too much data: { $size }, the limit is { $limit }. Choose a smaller part.
error-llm-budget = The month's budget is not enough: { $used } of { $limit } tokens are spent, and this request needs { $needed }. Wait for the next month or raise the budget in the settings.
error-llm-queue-full = The queue is full: { $limit } requests wait. Remove some or send them.
error-llm-outdated = The settings or the text have changed since the request was shown; nothing was sent. Look at the request again and confirm it.
error-llm-unreachable = { $host } does not answer. Check that the model runs and that there is a network. The request can wait in the queue.
error-llm-untrusted = This computer does not trust the certificate of { $host }; nothing was sent. Check the address and the computer's date.
error-llm-redirected = The server sends elsewhere: { $to }. Nothing was sent there. If it is right, put that address into the settings.
error-llm-timed-out = Time is up: { $phase }, { $seconds } seconds. Try again later or allow more time in the settings.
error-llm-cancelled = Stopped. Nothing has changed in the plan.
error-llm-key-refused = The server did not accept the key ({ $status }). Check that the key is right and has not expired.
error-llm-busy = The server is busy. Try again in { $seconds } seconds or put the request into the queue.
error-llm-failing = The model's server fails ({ $status }). Start it again or try later.
error-llm-rejected = The server did not accept the request ({ $status }): { $said }. Check the model's name and the settings.
error-llm-cut = The answer broke off (bytes: { $bytes }) and was not kept. Try again.
error-llm-nonsense = What answers at this address is no language model: { $content }. Check the address in the settings.
error-llm-too-large = The answer is too large, the limit is { $limit } bytes. It was not kept. Ask for less.
error-llm-empty = The model wrote no text. Try again or choose another model.
error-llm-not-accepted = Nobody has accepted the AI text, so it cannot be signed. Read it and accept it, or remove it.
error-llm-exposed = Others can read the file { $path }. Keep it to yourself (chmod 600). If it holds a key, replace the key.
error-llm-damaged = The file { $path } is damaged. Remove it and set the model up again. The plan is safe.
error-llm-file = { $path } could not be opened or written ({ $reason }). Check the disk and your rights.
error-llm-keyring = The computer's keyring refused: { $reason }. Unlock it and try again.
progress-model = The language model is answering
model-is-off = No language model is set. To set one: `jospar model set --url ADDRESS`.
model-is-on = Language model: { $url }, { $model }
model-key-keyring = The key lies in the computer's keyring.
model-key-file = The key lies in the folder of the device's keys and only you can read it: this computer has no keyring.
model-key-none = There is no key.
model-key-forgotten = The key was removed.
model-key-ask = Type the key and press Enter. It shows on the screen; a way without: `jospar model key < FILE`.
model-off = The language model is off. Settings and answers are kept.
model-spent = Tokens of this month: { $used }, the limit: { $limit }.
model-counts = Requests that wait: { $waiting }. Answers that are kept: { $answers }.
model-answers = { $host } answers.
model-queue-empty = Nothing waits.
model-queue-line = { $number }. { $time }, { $host }: { $purpose }
model-queue-unknown = No request { $number } waits. The list: `jospar model queue`.
model-queue-removed = The request was taken out of the queue.
model-sent = Answers that came: { $count }.
model-answers-none = There are no answers yet.
model-answer-line = { $number }. { $time }, { $model }, { $state }, not in the sources: { $findings }. { $text }
model-state-accepted = accepted
model-state-draft = a draft that nobody has accepted
model-answer-about = Answer { $number }, { $model }, { $time }. Why: { $purpose }. Sources: { $sources }. Hash of the request: { $hash }
model-truncated = The answer's end is missing: a limit was reached.
model-ask-accept = Have you read the text, and do you accept it?
model-accepted-answer = Answer { $number } is accepted.
model-nothing-unread = No AI text waits here for somebody to accept it.
model-accepted = Texts that are accepted: { $count }.
model-ask-decline = Remove answer { $number }?
model-declined = Answer { $number } was removed.
model-read-first = An AI text has to be read first: a yes given beforehand does not count. Do it in a terminal, or name the hash of what you have read: --read { $hash }
model-about = A request to the language model: { $purpose }
    To { $host }, { $model }. At most { $tokens } tokens. Names and contacts replaced: { $names }.
model-bytes = Exactly these bytes are sent (but for the key):
model-hash = Hash of the request: { $hash }
model-ask-send = Look for names that are not in the list, and for people who can be recognised. Send it?
model-ask-wait = Let the request wait in the queue?
model-needs-consent = The plugin asks a language model ({ $host }, { $model }; at most { $tokens } tokens; names replaced: { $names }), and there is no terminal to ask for consent in. Nothing was sent. Read the request and, if you agree, run it again with --send { $hash }
model-refused = A person did not agree to send the request.
model-waits = The request waits: `jospar model send`, and then run the plugin again.
model-answer-unknown = There is no answer { $number }. The list: `jospar model answers`.
model-no-paper = { $path } does not lead to a paper. For example: documents/doc1.
model-run-answer = AI text: { $model }, answer { $number } (`jospar model answers { $number }`)
proposal-unread = The text that an AI tool wrote is in the plan, but nobody has accepted it yet: `jospar model accept`.
help-file = Photos and files of evidence
help-file-add = Add a file to evidence; the place of a photo is removed
help-file-list = Show evidence that has a file
help-file-get = Write a file to the disk
help-arg-evidence = To which evidence: evidence/ID; a new one without it
help-arg-what-file = The file's hash, or evidence/ID
help-model = The language model: settings, queue, answers, accepting
help-model-show = Show how the language model is set
help-model-set = Set the address and the limits of the language model
help-model-key = Read a key from standard input and keep it
help-model-forget-key = Remove the key
help-model-off = Switch the language model off
help-model-test = See whether the model answers; nothing of the plan is sent
help-model-queue = Show the requests that wait
help-model-send = Send the requests that wait
help-model-answers = Show the model's answers
help-model-accept = Read and accept an answer, or an AI text in a paper
help-model-decline = Remove an answer
help-model-spent = Show how many tokens this month took
help-arg-url = The model's address, for example http://127.0.0.1:11434
help-arg-model-name = The model's name there
help-arg-tokens-max = The most tokens of one answer
help-arg-tokens-month = The most tokens of a month
help-arg-first-byte-ms = How long to wait for the first word
help-arg-idle-ms = How long to wait for the next word
help-arg-total-ms = How long to wait for the whole answer
help-arg-attempts = How often to try before the first word
help-arg-stream = Whether the answer comes word by word
help-arg-system-role = Whether the model knows the role `system`
help-arg-remove = Take the request of this number out of the queue
help-arg-answer = The number of an answer
help-arg-answer-or-place = The number of an answer, or the place of a paper such as documents/doc1
help-arg-into-paper = A paper that the answer becomes a paragraph of, such as documents/doc1
help-arg-read = The hash of a text that was read before
help-arg-send = The hash of a request that was seen before and may be sent; may be repeated
## Files to read and print.

export-contents = contents
export-score = score
export-progress = progress
export-swot-totals = Weighted score: internal factors { $internal }, external factors { $external } (from 1 to 4, average 2.5).
export-ai-label = Made with AI; checked and approved by a person
paper-role-organisation = organisation
paper-role-heading = heading
paper-role-number-date = number and date
paper-role-subject = subject
paper-role-preamble = preamble
paper-role-item = item
paper-role-control = control
paper-role-signature = signature
paper-role-paragraph = paragraph
export-ai-accepted = Drafted with AI; accepted by { $person }
export-feedback = feedback sheet
export-feedback-skill = skill
export-feedback-can = what goes well
export-feedback-practise = what to practise
export-feedback-next = next step
export-part-design-thinking = design-thinking cycles
export-part-lesson-studies = lesson studies
export-part-documents = orders and reports
export-part-surveys = surveys

### Two dates compared

compare-heading = { $from } to { $to }, differences: { $count }.
compare-none = Nothing changed between these days.
compare-added = added
compare-removed = removed
compare-changed = changed
compare-moved = moved
compare-more = There are { $count } more. Compare one part of the plan.
compare-now = now
error-dates-backwards = The first day is after the second one. Swap them.
help-arg-from-day = Show what changed from this day on: YYYY-MM-DD
help-arg-to-day = Up to the end of this day; without it, up to now
web-compare = Compare two dates
web-compare-about = What was added, removed and changed between these days, both included.
web-compare-from = From
web-compare-to = To
web-compare-do = Compare
web-compare-of = { $from } to { $to }

### The next year

error-year-unknown = There is no past year { $year }. See the list: `jospar years`.
error-year-begun = The year { $year } is over already: the next one has begun.
error-year-days = The days of the next year do not fit: it has to begin after this one began, and end after it begins.
error-year-not-newest = Another year was begun after { $year }. Take that one back first.
year-why-open = not finished
year-why-basis = the next year begins from it
year-why-reached = the target is reached; it needs a new one
year-why-done = finished
year-why-past = belongs to the year that ends
year-rule-initiatives = A due day before the next year is cleared, for you to set anew, and so are the acknowledgements. Budget and what was spent stay.
year-rule-kpis = The last value becomes the new baseline; measurements stay in the old year. The target stays.
year-rule-risks = Measures that are done stay in the old year. Of a risk whose measures are all done, the residual score becomes the score.
year-rule-problems = A problem whose initiatives are all done counts as solved.
year-rule-meetings = A meeting stays while one of its decisions is open.
year-rule-documents = Papers that are signed, approved or archived stay in the old year; drafts go on.
year-rule-surveys = The questions are asked again next year; answers keep their date.
year-rule-journals = Records of one year: they go on whole, or stay in the old year whole.
year-rule-audit = The audit's levels stay: the next year begins on them. A target that is reached is cleared.
year-rule-map = On the map, the future of a thing whose initiatives are all done becomes its today; the rest stays.
year-rule-stays = Partners and their roles, needs, evidence, SWOT, bulletins, mentoring, tools and resources stay as they are. The years in the title and the period become the new ones.
year-rule-sealed = Answers to surveys, learners' results and private reflections are not touched. People, devices and rights do not change.
web-page-years = Years
web-years-about = The plan of a past year stays as it was: it can be read, printed and compared with this one, and not be changed.
web-years-none = No year is over yet.
web-year-current = The plan as it is
web-year-next = Start the next year
web-year-next-about = What is ticked goes on into the next year; the rest stays in this one and is not lost. Let only one of the partners start it.
web-year-journals = The year's records
web-year-rest = The rest
web-year-begin = Start the year
web-year-read = The whole plan
web-year-plan = The plan of { $year }
web-year-closed = the next year was begun on { $day }
web-year-then = then
web-year-now = now
web-year-new-baseline = new baseline
web-year-what = What
web-year-left = stayed in the old year
web-ife = Internal factors (IFE)
web-efe = External factors (EFE)
web-year-changes = What changed since
web-year-back = Take the start of the year back
web-year-back-about = The plan becomes again what it was when the old year ended. What was written since leaves the plan and stays in the history.
help-next-year = Start the next year
help-years = Show past years, one beside the plan as it is, or what stood in it
help-arg-start = The first day of the year: YYYY-MM-DD
help-arg-end = The last day of the year: YYYY-MM-DD
help-arg-leave = Leave this in the old year: a path such as risks/rk1
help-arg-carry = Carry this over though it is finished
help-arg-preview = Only show it and change nothing
help-arg-list = The file is a table, CSV or XLSX: its rows are added to this list, such as risks
help-arg-map = What a column holds: the column's head or number, and the field's name; without a field the column is left out
help-arg-back = Take the start of the newest year back
help-arg-year = The year, such as 2026-2027
year-offer = The next year: { $start } to { $end }. “+” goes on, “-” stays in the old year.
year-ask = Start the next year?
year-back-ask = Take the end of the year { $year } back? What was written since leaves the plan.
year-begun = The new year has begun. The old one: `jospar years { $year }`.
year-taken-back = The plan is that of { $year } again.
year-line = { $title }: { $then } → { $now }
error-year-nothing-back = There is no year to take back.
error-year-path = { $path } is not among what is offered. See the list: `jospar next-year --preview`.

### Surveys on paper and in forms

survey-group = Group
survey-comment = Comment
survey-paper-how = Mark one answer to each statement. Do not write your name.
survey-google-how = Open a new project at script.google.com, paste the whole of this file and run the function makeForm.
    The form's link appears in the log. Save the table of answers as CSV and bring it into jospar.
survey-heads-groups = role|group|position|category
survey-heads-comments = comment|comments|remark|remarks|feedback
error-answers-there = All of these { $count } answers are in the plan already and are not added twice. If other people answered alike, bring the file in on the page “Surveys” and tick that.
error-answers-many = Up to { $limit } answers can be added at once.
error-draft-large = Too many typed answers wait. Put them into the plan, then go on typing.
error-answer = There is no answer “{ $value }” to { $item }.
web-survey-no-host = jospar hosts no public form. Print the questions, or take them to LimeSurvey or Google Forms, and bring the answers back here.
web-survey-rows = The plan has { $rows } answers, in { $batches } batches.
web-survey-edit = Change the questions
web-survey-paper = On paper
web-survey-who = Who answers
web-survey-language = Language
web-survey-open = Open the form
web-survey-elsewhere = For another program
web-survey-elsewhere-about = The file for LimeSurvey has all of the survey's languages: “Create survey”, “Import”. The script for Google makes the form at script.google.com.
web-survey-where = Where
web-survey-format-limesurvey = LimeSurvey (.txt)
web-survey-format-google = Google Forms (.gs script)
web-survey-format-md = Text (.md)
web-survey-save = Get the file
web-survey-type = Type in answers from paper
web-survey-type-about = Type one after the other, and save all of them shuffled at the end: nobody sees who answered when.
web-survey-type-do = Start typing
web-survey-type-how = Type a number and press Tab; leave it empty where there is no answer. Enter adds the row.
web-survey-row = Form { $number }
web-survey-row-add = Add, and on to the next
web-survey-typed = Typed: { $count }. They are kept on this device, encrypted, and are not in the plan yet.
web-survey-typed-save = Save all into the plan
web-survey-typed-undo = Take the last one out
web-survey-typed-go = Go on typing, or put them into the plan
web-survey-typed-lost = Answers that were typed earlier and not put into the plan cannot be opened any more: their key is not on this computer. Type them in from paper again.
web-survey-date = Day of collection
web-survey-file = From a file
web-survey-file-about = Google Forms, LimeSurvey or a table of your own: CSV or XLSX. Before anything is added you see its columns and can correct them.
web-survey-file-take = Choose the file with the answers
web-survey-back = Back to the survey
web-survey-link = Form, answers
web-import-source = { $encoding }, cells divided by { $delimiter }
web-import-lines = rows: { $count }
web-import-columns = The file's columns
web-import-column = Column
web-import-use = Taken as
web-import-line = line { $line }
web-import-nothing = not taken
web-import-again = Add the answers that are there as well: other people answered alike
web-import-check = Check again
web-import-result = What would come of it
web-import-no-items = No column fits a question. Choose them above.
web-import-added = Answers that would be added: { $count }.
web-import-there = Answers that are there already: { $count }.
web-import-empty = Empty rows: { $count }.
web-import-groups = There are more than { $limit } groups: such a column tells who answered, and is left out.
web-import-refused = Rows that are refused: { $count }.
web-import-wrong = line { $line }, { $item }: the scale has no answer “{ $cell }”
web-import-stripped = Columns that are not taken (names, addresses, times) stay in the file; the order of rows is shuffled.
web-import-do = Add { $count } answers
help-survey = Surveys: write the form
help-survey-form = Write a survey's form for LimeSurvey, Google Forms or paper
help-arg-survey = The survey's id, such as sv1
help-arg-form-format = limesurvey, google or md
help-arg-form-role = Who answers: teacher, student, parent, administration

### Tables that people give

table-file-too-large = The file is too large: { $bytes } bytes; the limit is { $limit }.
table-empty = The file has no rows.
table-not-text = Line { $line } is not text. Save the file again as CSV (UTF-8) or XLSX.
table-unclosed-quote = A quotation mark that opens on line { $line } is never closed.
table-text-after-quote = Text follows a closing quotation mark on line { $line }.
table-too-wide = Line { $line } has { $cells } cells; there are { $heads } columns.
table-too-many-rows = There are too many rows; the limit is { $limit }. Split the file.
table-too-many-columns = Line { $line } has too many columns; the limit is { $limit }.
table-too-many-cells = There are too many cells; the limit is { $limit }. Split the file.
table-cell-too-long = A cell on line { $line } is too long; the limit is { $limit } bytes. Look for a quotation mark that is not closed.
table-old-workbook = This is a workbook of the old form (XLS) or one with a password. Save it without a password as XLSX or CSV.
table-unpacks-too-large = Unpacked, the file takes more than the { $limit } bytes allowed.
table-damaged = The workbook is damaged, or it is no XLSX. Try to save it again.

### Proof on paper, the auditor's page

web-page-auditor = Auditor's page
web-auditor-about = This is all that the district's auditor sees: approvals and numbers. It has no person and no text of the plan.
web-auditor-publish = Publish for the auditor
web-auditor-made = Made: { $when }
web-auditor-parts = Parts
web-auditor-part = Part
web-auditor-items = Items
web-auditor-changed = Last change
web-approval-signed = Signatures under this text: { $count }.
web-approval-code-page = Or check it on the page “Approval”.
web-approval-earlier = The approved text was changed since: this page has no approval code.
web-check = Check a code from paper
web-check-about = Scan the QR code with a telephone and paste its text here. No internet is needed.
web-check-code = The code's text
web-check-do = Check

### Ways back to a plan

web-rescue = Is there a plan already?
web-rescue-about = An earlier plan can be brought back from a backup, or with the recovery sheet from the safe.
web-restore-backup = Restore from a backup
web-restore-about = The backup is checked, jospar stops and opens again. Changes made after the backup come from the other devices.
web-restore-other = Another program runs the plan (`jospar node`). Stop it and use the command `jospar restore`.
web-restore-found = Backups that were found, the newest first
web-restore-path = The path of another backup
web-restore-sure = Replace the plan on this device by the backup. It is not deleted but set aside.
web-restore-do = Restore
web-restore-under-way = The backup is being restored. A new page opens by itself then; close this one.
web-recover = Get in with the recovery sheet
web-recover-about = If the director's device is lost, the sheet's 24 words make this one a director's, and shut the lost one out.
web-recover-file = 1. The plan's file
web-recover-file-about = Ask a colleague to make the file for a stick on the page “Files” of their device.
web-recover-file-here = The file is here: { $name }
web-recover-words = The sheet's 24 words, in their order
web-recover-lost = The lost device: its name or words (if there are several directors' devices)
web-recover-do = Get in
web-restore-done = Restored from { $path }: { $documents } documents, { $changes } changes. The data that was there is set aside.

### Charts in documents

export-chart-swot = What each quadrant adds to its total
export-chart-audit = Levels of the indicators
export-chart-now = now
export-chart-proven = now, with evidence

### Tables for lists of the plan

web-table = Add from a table
web-table-about = CSV or XLSX with the columns' names in the first row. Before anything is added you see all of it and can correct it.
web-table-take = Choose the file
web-table-of = From a table: { $list }
web-table-added = Would be added: { $count }.
web-table-there = In the list under the same name already: { $count }; they are not added.
web-table-wrong = line { $line }, { $field }: “{ $cell }” does not fit
web-table-do = Add { $count }
error-table-many = Up to { $limit } rows can be added at once. Split the file.
error-table-list = Rows of a table cannot be added to { $list }. See the parts of the plan: `jospar show`.
error-table-column = The table has no column { $column }. It has: { $known }.
error-table-field = This list has no field { $field }. It has: { $known }.
table-column = { $head } → { $field }
table-column-none = { $head }: left out
table-ask = Add these, { $count } in all?
table-done = Added: { $count }.
error-upload-large = The file is too large: { $limit } MiB at most.

## A thing without a name: what it is.
web-untitled = untitled { $kind }
web-block-organisation = organisation
web-block-heading = name of the document
web-block-number-date = number and date
web-block-subject = subject
web-block-preamble = preamble
web-block-item = item
web-block-paragraph = paragraph
web-block-control = control
web-block-signature = signature
web-pairwise-groups = the parts of the SWOT with each other
thing-adaptation = adaptation
thing-advice = advice
thing-agenda-item = agenda item
thing-ai-run = AI run
thing-ai-use = use of AI
thing-antipattern = anti-pattern
thing-approval = approval
thing-area = audit area
thing-benefit = benefit
thing-block = part of a paper
thing-bulletin = bulletin
thing-case = case
thing-case-criterion = criterion
thing-case-option = option
thing-change-dimension = dimension of change
thing-claim = claim
thing-coaching = coaching
thing-coaching-goal = coaching goal
thing-correction = correction
thing-decision = decision
thing-decision-option = option of a decision
thing-design-cycle = design-thinking cycle
thing-development-event = development event
thing-difficulty = difficulty
thing-duty = duty
thing-evidence = evidence
thing-exchange = exchange
thing-factor = SWOT factor
thing-figure = figure
thing-grant = grant
thing-group = group
thing-help-request = request for help
thing-history-example = history entry
thing-idea = idea
thing-indicator = indicator
thing-initiative = initiative
thing-input = input
thing-kpi = KPI
thing-layer = layer of the map
thing-learner-results = learner’s results
thing-lesson-study = lesson study
thing-level = level
thing-maintenance = maintenance
thing-marks = marks
thing-measurement = measurement
thing-meeting = meeting
thing-mentor-goal = mentoring goal
thing-mentor-pair = mentoring pair
thing-mentor-session = mentoring session
thing-mitigation = measure against a risk
thing-need = need
thing-node = place on the map
thing-node-link = link on the map
thing-outcome = expected outcome
thing-paper = paper
thing-partner = partner
thing-passport-line = line of the passport
thing-person = person
thing-pilot = pilot
thing-plugin-entry = plugin
thing-private-reflection = private reflection
thing-problem = problem
thing-reflection = reflection
thing-reply = reply
thing-resource = resource
thing-risk = risk
thing-role = role
thing-scale = scale
thing-scale-point = point on the scale
thing-skill = skill
thing-sponsor = sponsor
thing-stage-attendance = attendance
thing-step = step
thing-strategy = strategy
thing-survey = survey
thing-survey-item = survey item
thing-survey-row = one person’s answers
thing-survey-rows = answers
thing-test-result = test result
thing-thanks = thanks
thing-thread = discussion
thing-ticket = fault report
thing-time-entry = time entry
thing-time-grant = granted time
thing-tool = tool
