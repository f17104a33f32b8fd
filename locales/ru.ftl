# Русский. Every word a person reads. The three files have the same keys with the same arguments, in the same order.
# Слова: docs/glossary.md.

### Общее

language-name = Русский
date = { $day } { $month } { $year } г.
moment = { $date }, { $time }
month-1 = января
month-2 = февраля
month-3 = марта
month-4 = апреля
month-5 = мая
month-6 = июня
month-7 = июля
month-8 = августа
month-9 = сентября
month-10 = октября
month-11 = ноября
month-12 = декабря
size-bytes = { $amount } Б
size-kilobytes = { $amount } КБ
size-megabytes = { $amount } МБ
size-gigabytes = { $amount } ГБ
duration-milliseconds = { $amount } мс
duration-seconds = { $amount } с
duration-minutes = { $amount } мин
duration-hours = { $amount } ч
duration-days = { $amount } дн.
changes-count = { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[other] { $count } изменений
}
documents-count = { $count ->
    [one] { $count } документ
    [few] { $count } документа
   *[other] { $count } документов
}
items-count = { $count ->
    [one] { $count } запись
    [few] { $count } записи
   *[other] { $count } записей
}
devices-count = { $count ->
    [one] { $count } устройство
    [few] { $count } устройства
   *[other] { $count } устройств
}
conflicts-count = { $count ->
    [one] { $count } противоречие
    [few] { $count } противоречия
   *[other] { $count } противоречий
}
yes = да
no = нет
nobody = неизвестно
empty-value = пусто
prompt-yes-no = { $question } [да/нет]
label-error = Ошибка
label-warning = Внимание
label-hint = Совет

### Роли

role-director = директор
role-teacher = учитель информатики
role-contributor = участник
role-viewer = читатель
role-auditor = аудитор района
role-server = сервер
role-about-director = изменяет всё, подключает и исключает устройства, утверждает
role-about-teacher = изменяет все разделы
role-about-contributor = изменяет открытые ему документы, остальные читает
role-about-viewer = читает всё, ничего не изменяет
role-about-auditor = читает страницу аудитора и открытые ему документы
role-about-server = хранит и доставляет, изменить ничего не может

### Виды документов

kind-plan = План развития
kind-evidence = Доказательства
kind-swot = SWOT-анализ
kind-audit = Цифровой аудит
kind-design-cycle = Цикл дизайн-мышления
kind-initiatives = Инициативы
kind-kpis = Показатели
kind-risks = Риски
kind-meetings = Встречи и решения
kind-professional-development = Профессиональное развитие
kind-info-sharing = Обмен информацией
kind-pilots = Пилотные проекты
kind-lesson-study = Исследование урока (Lesson Study)
kind-mentoring = Наставничество и коучинг
kind-school-map = Карта школы
kind-assistant = ИИ-помощник
kind-paper = Приказ или отчёт
kind-antipatterns = Неэффективные традиции
kind-survey = Опрос
kind-discussion = Обсуждение
kind-people = Люди
kind-support = Поддержка и ресурсы
kind-survey-rows = Ответы на опрос
kind-learner-results = Результаты ученика
kind-reflection = Личная рефлексия
kind-device-record = Запись об устройстве
kind-plugins = Плагины
kind-file = Фото или файл
kind-plugin-package = Пакет плагина
kind-approvals = Утверждения
kind-audit-page = Страница аудитора
kind-years = Прошлые годы
kind-unknown = Документ новой версии (№{ $number })

### Сохранение и синхронизация

state-saved-here = сохранено на этом устройстве
state-on-server = на сервере
state-on-devices = { $count ->
    [one] на { $count } устройстве
   *[other] на { $count } устройствах
}
state-synced = синхронизировано
state-waiting = ждёт отправки
state-offline = нет связи
state-online = на связи
saved-here = Сохранено на этом устройстве.
on-server = На сервере.
on-server-changes = На сервере { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[other] { $count } изменений
}.
on-devices = Есть на { $count ->
    [one] { $count } устройстве
   *[other] { $count } устройствах
}.
synced = Синхронизировано: план на этом устройстве и у «{ $name }» одинаков.
synced-server = Синхронизировано: план на этом устройстве и на сервере одинаков.
not-synced-yet = Ещё не синхронизировано: осталось отправить { $outgoing ->
    [one] { $outgoing } изменение
    [few] { $outgoing } изменения
   *[other] { $outgoing } изменений
} и получить { $incoming ->
    [one] { $incoming } изменение
    [few] { $incoming } изменения
   *[other] { $incoming } изменений
}. Всё написанное сохранено на этом устройстве и уйдёт само, когда появится связь.
not-sent-yet = До сервера ещё { $count ->
    [one] не дошло { $count } изменение
    [few] не дошли { $count } изменения
   *[other] не дошло { $count } изменений
}. Всё сохранено на этом устройстве.

### Непринятые изменения

refused-unknown-device = Этого устройства нет в списке школы.
refused-no-right = У этого устройства нет права изменять этот документ.
refused-revoked = Это устройство исключено из школы.
refused-bad-signature = Подпись неверна: изменение мог подделать кто-то другой.
refused-too-large = Изменение слишком большое.
refused-quota = Слишком много данных ждёт очереди. Сначала должно прийти недостающее.
refused-document-full = На сервере закончилось место, отведённое этому документу.
refused-workspace-full = На сервере закончилось место, отведённое этой школе.
refused-malformed = Данные повреждены или записаны не программой jospar.
refused-dropped = Этот документ удалён навсегда.
refused-actor = Изменения этого устройства пришли не по порядку. Возможно, папку данных скопировали.
refused-newer-version = Изменение сделано в новой версии jospar. Обновите программу.
refused-unknown-workspace = План вашей школы здесь не хранится.
refused-protocol = Ответ другой стороны непонятен, связь прервана.
refused-too-much = Другая сторона превысила допустимый объём, связь прервана.
refused-invite = Приглашение недействительно.
refused-store = Другая сторона не смогла записать данные на диск.
quarantine-revoked = Сделано после того, как устройство исключили или оно потеряло право писать здесь.
quarantine-semantic = Изменение не подходит к документу: оно пишет туда, чего нет, или повреждено.
quarantine-dependency = Опирается на другое отложенное изменение.
quarantine-equivocation = Одно устройство сделало под одним номером два разных изменения. Возможно, папку данных скопировали.
quarantine-unsupported = Эта версия программы не умеет показывать такое изменение. Обновите её.
quarantine-locked = Запечатано ключом, которого на этом устройстве нет.
quarantine-unsealed = Запечатанное изменение повреждено, или внутри не то, что снаружи.

### Ошибки: что случилось и что делать

error-not-a-workspace = В папке { $folder } нет плана школы. Чтобы начать новый план, выполните `jospar init`, чтобы присоединиться к готовому — `jospar join`.
error-already-a-workspace = В папке { $folder } уже есть план школы. Работайте с ним или укажите другую папку через --data.
error-in-use = Папку { $folder } держит открытой другая программа. Закройте её и повторите команду.
error-store-damaged = Данные в папке { $folder } повреждены. Остановите узел и выполните `jospar doctor --repair`: целое сохранится, повреждённый файл будет отложен. Данные на других устройствах целы.
error-repair-nothing = В папке { $folder } ничего спасти не удалось, она оставлена как есть. Восстановите резервную копию (`jospar restore`) или уберите папку и присоединитесь к школе заново. Данные на других устройствах целы.
error-store-newer = Данные записаны новой версией jospar. Обновите программу и откройте снова. С данными ничего не случилось.
error-not-a-store = Файл в папке { $folder } принадлежит не программе jospar. Укажите другую папку через --data.
error-network-folder = Папка { $folder } лежит на сетевом диске ({ $kind }), там данные хранить ненадёжно. Выберите папку на диске этого компьютера.
error-restore-unfinished = Восстановление не было закончено. Выполните `jospar restore` ещё раз.
error-store = Не записано на диск: { $reason }. Проверьте диск и повторите.
error-disk-full = Не сохранено: на диске нет места. Освободите место и повторите команду.
error-no-permission = Нет доступа к файлу или папке { $path }. Попросите доступ или выберите другое место.
error-file = { $path }: файл не открылся или не записался ({ $reason }). Проверьте имя и права.
error-file-not-found = Файл { $path } не найден. Проверьте имя.
error-file-exists = { $path } уже есть. Выберите другое имя.
error-export-part = Для такого файла нет части { $part }. Выберите одну из этих: { $known }.
error-export-part-needed = В файле CSV одна таблица. Выберите одну из этих: { $known }.
error-export-id = Ничего с идентификатором { $id } не найдено. Посмотрите идентификатор в плане.
error-export-id-alone = В файл { $format } нельзя записать одну вещь отдельно. Повторите без идентификатора или выберите docx либо md.
error-export-json-whole = В файл JSON записывается весь план. Для части выберите другой вид: docx, xlsx, csv, ics или md.
error-export-terminal = Этот файл в терминале не читается. Укажите имя файла.
error-export-moment = Часы компьютера показывают неверную дату. Исправьте их и повторите.
error-export-failed = Файл не создан: { $reason }.
error-key-missing = Папка скопирована с другого устройства: его ключа на этом компьютере нет. Подключите этот компьютер как новое устройство: `jospar join`.
error-key-exposed = Файл ключа могут читать другие: { $path }. Оставьте доступ только себе (chmod 600). Если его мог кто-то увидеть, попросите директора исключить устройство и подключить заново.
error-key-damaged = Файл ключа повреждён: { $path }. Если есть его копия, верните её на место; если нет, подключите устройство заново: `jospar join`.
error-key-folder = Папка ключа лежит внутри папки данных: { $path }. Перенесите её, иначе вместе с копией данных уйдёт и ключ.
error-key-no-home = Не найдена папка для ключей. Укажите её в переменной { $variable }.
error-random = Компьютер не дал случайных чисел, поэтому ключ не создан. Перезагрузите компьютер и повторите.
error-not-a-bundle = { $path } — не файл переноса. Выберите файл .jospar, созданный командой `jospar bundle`.
error-bundle-truncated = Конец файла { $path } отсутствует: копирование не закончилось. Скопируйте его на флешку заново и повторите. Прочитанная часть сохранена.
error-bundle-damaged = Файл { $path } повреждён. Создайте его на первом устройстве заново: `jospar bundle`. Ничего повреждённого в план не попало.
error-bundle-other-school = { $path } — файл другой школы. Выберите файл своей школы.
error-bundle-newer = Файл { $path } создан новой версией jospar. Обновите программу и повторите.
error-invite-expired = Срок приглашения истёк: { $expiry }. Попросите у директора новое.
error-invite-altered = Ссылка приглашения неполная или изменена. Скопируйте её из исходного сообщения целиком.
error-invite-used = Этим приглашением уже воспользовались. Если это были не вы, скажите директору и попросите новое.
error-invite-refused = Приглашение не принято: срок истёк, оно использовано или отозвано. Попросите у директора новое.
error-invite-other-school = Приглашение другой школы, а в папке { $folder } лежит план вашей. Укажите пустую папку через --data.
error-invites-too-many = Открыто слишком много приглашений: { $count }. Используйте одно из них или дождитесь, когда истечёт срок.
error-server-key = Ключ сервера по адресу { $address } не тот, что ожидался, поэтому связь не установлена. Проверьте адрес и обратитесь к специалисту района. Данные не отправлены.
error-server-unreachable = Сервер { $address } не отвечает. Проверьте интернет и адрес. Всё написанное сохранено на этом устройстве и уйдёт само, когда появится связь.
error-server-unknown-workspace = На сервере { $address } эта школа не зарегистрирована. Возьмите ссылку регистрации у специалиста района.
error-server-quota = На сервере закончилось место, отведённое школе. Попросите специалиста района увеличить его. Всё написанное сохранено на этом устройстве.
error-server-busy = Устройство слишком часто подключается к серверу или отправляет слишком много, поэтому сервер просит подождать. Связь восстановится сама. Всё написанное сохранено на этом устройстве.
error-server-document-full = Одна часть плана заняла на сервере всё место, отведённое одному документу. Последние её изменения на сервер не попадают, но сохранены на этом устройстве. Попросите специалиста района увеличить место.
error-server-full = На сервере нет места для новой школы. Обратитесь к специалисту района. Всё написанное сохранено на этом устройстве.
status-later = Следующая попытка будет сделана сама через { $time }.
error-peer-store = Другая сторона не смогла записать данные на диск. Если это сервер, сообщите специалисту района. Всё написанное сохранено на этом устройстве.
error-server-not-set = Сервер не указан. Передайте ссылку регистрации через `jospar claim` или пользуйтесь флешкой: `jospar bundle`.
error-nobody-there = Связаться ни с кем не удалось: сервер не указан, и в этой сети нет других устройств школы. Всё написанное сохранено на этом устройстве. Воспользуйтесь флешкой: `jospar bundle`.
error-not-synced = За отведённое время обмен не завершился; ещё не отправлено изменений: { $count }. Они сохранены на этом устройстве. Выполните `jospar sync` ещё раз.
error-claim-used = Эта ссылка регистрации уже использована. Попросите у специалиста района новую.
error-address = { $text } — не адрес сервера. Укажите имя и порт, например: jospar.example.kz:4443.
error-port-in-use = Порт { $address } занят другой программой. Выберите другой порт или остановите её.
error-port = Не удалось слушать адрес { $address }: { $reason }. Выберите другой адрес или порт.
error-network = Ошибка сети: { $reason }. Проверьте связь и повторите. Всё написанное сохранено на этом устройстве.
error-protocol = Связь с другой стороной прервана: её ответ непонятен. Попробуйте ещё раз; если повторится, обновите программу на обеих сторонах.
error-update-needed = На другой стороне новая версия jospar. Обновите программу на этом устройстве. Всё написанное сохранено и уйдёт после обновления.
error-peer-update-needed = На другой стороне старая версия jospar. Обновите программу там.
error-clock = Часы вашего компьютера показывают { $here }, а у «{ $name }» — { $there }. Проверьте и исправьте часы. Ничего не потеряно.
error-not-allowed = Ваша роль ({ $role }) не даёт права изменять этот документ. Если нужно, попросите право у директора.
error-not-director = Это можно сделать только с устройства директора. Скажите директору.
error-device-unknown = Это устройство не подключено к школе. Попросите приглашение у директора.
error-device-revoked = Это устройство исключено из школы. Если это ошибка, скажите директору. Написанное здесь не удалено.
error-last-director = Это последнее устройство директора. Сначала подключите другое устройство директора, иначе школа останется без управления.
error-not-waiting = Устройство { $device } не ждёт подключения. Список: `jospar devices`.
error-not-a-member = Устройства { $device } нет в списке. Список: `jospar devices`.
error-still-waiting = Запрос отправлен, но директор его ещё не подтвердил. Выполните ту же команду позже: ожидание продолжится.
error-no-right = Эту часть плана вам можно читать, но не менять. Ничего не изменено. Попросите это право у директора.
error-sealed = { $path } запечатано: ключа на этом устройстве нет. Документ хранится и передаётся дальше. Если у вас есть право его читать, ключ придёт при следующей синхронизации.
error-drop-reason = Напишите причину удаления: не пустую и не длиннее { $limit } байт. Не называйте в ней людей: она останется в журнале.
error-drop-part = { $path } нельзя удалить навсегда. Назовите один документ того вида, которых может быть много, например: survey_rows/sr1.
error-path-not-found = Место { $path } не найдено. Посмотреть, что есть: `jospar show`.
error-path-unreadable = { $path } не указывает места. Напишите, например: initiatives/in1/due.
error-document-not-found = Документа { $name } нет. Список: `jospar show`.
error-document-ambiguous = Так называется несколько документов ({ $count }): { $name }. Добавьте номер; список: `jospar show`.
error-kind-unknown = Вида документа { $name } нет. Список видов: `jospar show`.
error-field-unknown = В месте { $path } нет поля { $field }. Здесь есть: { $known }.
error-wrong-command = Поле { $path } изменяется иначе. Используйте команду { $command }.
error-field-unknown-here = В { $path } нет поля { $field }. Посмотреть, что там есть: `jospar show { $path }`.
error-value-date = { $value } — не дата. Напишите так: 2026-11-23.
error-value-number = { $value } — не число. Напишите, например: 12 или 0.5.
error-value-flag = Вместо { $value } напишите true или false.
error-value-choice = { $value } не подходит. Выберите одно из: { $choices }.
error-value-text = В поле { $path } пишется текст.
error-value-record = Запись не прочитана: { $reason }. Передайте её в виде JSON, например: '{ "{" }"title": "…"{ "}" }'.
error-text-too-long = Текст слишком длинный: знаков { $count }, предел { $limit }. Сократите или разделите его.
error-value-field = { $value } — не поле со значением. Запишите так: title.kk=… или likelihood=3.
error-item-exists = Запись { $id } уже есть. Выберите другое обозначение.
error-item-id = { $id } не годится как обозначение. Используйте только латинские буквы, цифры и дефис.
error-document-read-only = Этот документ создан новой версией jospar, здесь его можно только читать. Обновите программу.
error-document-damaged = Часть документа повреждена: { $path }. Проверьте командой `jospar doctor`.
error-change-too-large = Изменение слишком велико для одного раза. Внесите его по частям.
error-no-editor = Не задан текстовый редактор. Укажите его в переменной EDITOR или передайте текст в команде.
error-editor-failed = Редактор { $editor } закрылся с ошибкой, ничего не изменено.
error-plan-json = Файл { $path } не прочитан: строка { $line }, знак { $column }. Исправьте это место и повторите.
error-not-a-plan = В файле { $path } нет плана развития. Выберите файл, созданный командой `jospar export`.
error-plan-too-much = В файле слишком много записей: { $count }, предел { $limit }. Разделите файл и загрузите его по частям.
error-plan-too-large = Файл слишком большой: { $size }, предел { $limit }.
error-nothing-to-undo = Отменять нечего: на этом устройстве в последнее время ничего не меняли.
error-no-conflict = В месте { $path } нет противоречия. Посмотреть все: `jospar conflicts`.
error-change-unknown = Изменения { $change } нет, или так начинаются несколько. Список: `jospar history`.
error-conflict-choice = Варианта { $number } нет. Выберите число от 1 до { $count }.
error-backup-manifest = { $path } отсутствует или это не резервная копия: копирование не закончилось. Выберите другую копию.
error-backup-mismatch = Копия не соответствует своему описанию. Выберите другую копию.
error-backup-damaged = Копия повреждена. Выберите другую копию.
error-restore-not-empty = В папке { $folder } есть данные. Укажите пустую папку или добавьте --replace: прежние данные не удаляются, а откладываются.
error-node-other-version = В фоне работает другая версия jospar. Остановите её и запустите снова.
error-node-already-running = Для этой папки jospar уже работает в фоне. Второй не нужен.
error-node-not-responding = Работающий в фоне jospar не отвечает. Остановите его и запустите снова. Сохранённое цело.
error-node-not-running = Для этой папки jospar в фоне не запущен, останавливать нечего.
error-needs-yes = Нужно подтверждение, но спросить негде: нет терминала. Если согласны, повторите с --yes.
error-cancelled = Отменено, ничего не изменено.
error-language = Языка { $value } нет. Напишите kk, ru или en.
error-role-unknown = Роли { $value } нет. Выберите одну из: { $choices }.
error-usage-command = Команды { $value } нет. Список команд: { $help }.
error-usage-argument = Параметра { $value } нет. Справка: { $help }.
error-usage-missing = Не указано: { $value }. Справка: { $help }.
error-usage-value = Для { $argument } не подходит { $value }. Справка: { $help }.
error-usage-conflict = { $argument } и { $value } вместе не указывают. Справка: { $help }.
error-internal = Внутренняя ошибка jospar: { $reason }. Сохранённые данные целы. Повторите команду; если повторится, отправьте это сообщение разработчикам.

### Справка: команды

help-about = План развития школы: работает без интернета, при связи синхронизируется сам
help-about-server = Сервер района: хранит и доставляет изменения школ, сами планы не читает
help-heading-usage = Использование
help-heading-commands = Команды
help-heading-arguments = Параметры
help-heading-options = Дополнительные параметры
help-help = Показать справку
help-version = Показать версию программы
help-usage-options = [параметры]
help-usage-command = <команда>
help-more = Подробнее о команде: { $command }
help-init = Начать новый план школы
help-show = Показать план, документ или одну запись
help-set = Записать значение: дату, число, выбор
help-add = Добавить запись
help-remove = Убрать запись
help-keep = Вернуть удалённую запись
help-move = Передвинуть запись
help-include = Добавить короткий текст в набор
help-text = Изменить текст в редакторе или из файла
help-status = Показать, что сохранено и что синхронизировано
help-sync = Обменяться изменениями с сервером и другими устройствами
help-history = Показать, кто, когда и что изменил
help-conflicts = Показать противоречия со всеми вариантами
help-resolve = Выбрать один вариант противоречия
help-undo = Отменить своё последнее изменение
help-restore-to = Вернуть часть плана к состоянию на момент изменения
help-lint = Проверить план на признаки формальной цифровизации
help-import = Загрузить план из JSON или строки списка из таблицы, принять файл переноса или запрос на подключение
help-export = Записать план в файл: JSON, Word, Excel, CSV, календарь или Markdown
help-bundle = Создать файл переноса для флешки
help-bundle-export = Записать изменения плана в файл переноса
help-bundle-import = Принять изменения из файла переноса
help-invite = Создать приглашение для другого устройства
help-claim = Зарегистрировать школу на сервере по ссылке регистрации
help-join = Присоединиться к школе по приглашению
help-devices = Показать устройства школы и тех, кто ждёт подключения
help-confirm = Подтвердить устройство, которое ждёт подключения
help-decline = Отклонить устройство, которое ждёт
help-revoke = Исключить устройство из школы
help-drop = Удалить документ навсегда на всех устройствах
help-backup = Сделать резервную копию
help-restore = Восстановить из резервной копии
help-doctor = Проверить целостность данных
help-quarantine = Показать отложенные изменения
help-quarantine-adopt = Принять отложенное изменение от своего имени
help-quarantine-discard = Убрать отложенное изменение из списка
help-completions = Включить дополнение команд клавишей Tab
help-node = Держать jospar запущенным: он непрерывно синхронизируется с другими устройствами
help-open = Открыть план в браузере
help-server-run = Запустить сервер
help-server-claim = Создать ссылку для регистрации школы
help-server-status = Показать зарегистрированные школы и что хранится
help-server-backup = Сделать резервную копию, не останавливая сервер
help-server-verify = Проверить целостность резервной копии
help-server-restore = Восстановить сервер из резервной копии
help-server-doctor = Проверить целостность данных сервера

### Справка: параметры

help-arg-data = Папка данных
help-arg-keys = Папка для ключей
help-arg-language = Язык сообщений: kk, ru или en
help-arg-json = Вывести в виде JSON для программ
help-arg-quiet = Показывать только ошибки
help-arg-verbose = Сообщать подробно
help-arg-yes = Не спрашивать подтверждения
help-arg-dry-run = Показать, что произойдёт, ничего не меняя
help-arg-school = Название школы
help-arg-person = Ваши имя и фамилия
help-arg-device-name = Имя устройства, например: ноутбук директора
help-arg-document = Документ: название вида или номер
help-arg-path = Место, например: initiatives/in1/due
help-arg-value = Новое значение; без него поле очищается
help-arg-short-text = Короткий текст
help-arg-short-text-out = Короткий текст, который убрать из набора; без него удаляется запись
help-arg-as-text = Считать каждое значение текстом, даже число
help-arg-new-text = Новый текст; без него откроется редактор
help-arg-from = Файл с новым текстом или - для стандартного ввода; без него откроется редактор
help-arg-text-language = Язык текста: kk, ru или en
help-arg-item = Содержание записи в виде JSON
help-arg-fields = Поля записи, например title.kk=… likelihood=3
help-arg-item-id = Обозначение новой записи; без него выберет программа
help-arg-after = Поставить после этой записи
help-arg-first = Поставить первой
help-arg-keep = Вернуть убранную запись
help-arg-number = Номер варианта
help-arg-choice = Номер варианта, а для удалённой записи keep или remove
help-arg-limit = Сколько строк показать
help-arg-count = Сколько изменений
help-arg-as-of = По состоянию на этот день
help-arg-strict = Завершиться с кодом 1, если есть замечания
help-arg-strict-status = Завершиться с кодом 1, если план не синхронизирован
help-arg-at = Состояние на момент этого изменения
help-arg-server = Адрес сервера или ссылка регистрации
help-arg-timeout = Сколько секунд ждать
help-arg-watch = Синхронизировать, пока не остановят
help-arg-offline = Не подключаться к сети
help-arg-file = Файл
help-arg-out = Файл, в который записать результат
help-arg-format = Вид файла: json, docx, xlsx, csv, ics или md; если не указан, по окончанию имени файла
help-arg-part = Одна часть плана, например: risks; для CSV – одна таблица, например: kpis/measurements
help-arg-thing-id = Идентификатор одной вещи: протокол встречи, приказ, бюллетень, исследование урока
help-arg-since = Не включать то, что уже есть на другом устройстве
help-arg-role = Роль: director, teacher, contributor, viewer или auditor
help-arg-kinds = Виды документов, которые открывает роль, через запятую
help-arg-scope = Документы, которые открывает роль
help-arg-expires = Сколько часов действует приглашение
help-arg-qr = Показать QR-код для телефона
help-arg-link = Ссылка приглашения
help-arg-address = Где другие устройства найдут это, если сервера нет: host:port
help-arg-device = Устройство: его слова или начало ключа
help-arg-reason = Причина
help-arg-backup = Файл резервной копии
help-arg-heads = Указать и метку показываемого содержания; открывает все документы
help-arg-replace = Отложить имеющиеся данные и поставить копию на их место
help-arg-repair = Собрать новое хранилище из того, что цело в повреждённом; повреждённое отложить
help-arg-change = Номер изменения
help-arg-shell = Оболочка: bash, zsh, fish или powershell
help-arg-listen = На каком адресе и порту слушать
help-arg-no-lan = Не искать устройства школы в локальной сети
help-arg-no-browser = Только показать ссылку
help-arg-stop = Остановить jospar, который работает в фоне
help-arg-public-address = Адрес, по которому подключаются школы
help-arg-quota = Место для одной школы, МБ
help-arg-log = Вид журнала: text или json

### Открыть и изменить план

init-done = План школы «{ $school }» создан. Папка данных: { $folder }.
init-device = Это устройство: { $name }, роль: { $role }. Его слова: { $words }.
init-next = Теперь загрузите план из файла ({ $import }) или пригласите второе устройство ({ $invite }).
init-recovery = Ключ хранится только на этом компьютере: { $path }. Подключите второе устройство директора: тогда поломка одного не оставит школу без управления.
show-empty = Здесь пока ничего нет.
show-documents-line = { $name }: { $items }, последнее изменение { $when }
show-documents-line-new = { $name }: { $items }
show-newer = Эту часть записала новая версия jospar. Здесь её можно только читать.
show-damaged = Эта часть не такая, как ожидалось: { $path }. Она не удалена, но не показывается.
show-sealed = Запечатано: ключа на этом устройстве нет.
show-sealed-count = запечатано: { $count }
show-has-conflicts = Есть { $count ->
    [one] { $count } противоречие
    [few] { $count } противоречия
   *[other] { $count } противоречий
}. Посмотреть: { $command }.
set-done = { $path }: записано { $value }.
set-cleared = { $path }: очищено.
set-unchanged = { $path }: уже так, ничего не изменилось.
add-done = Запись { $path } добавлена.
remove-done = Запись { $path } убрана. Вернуть: { $command }.
move-done = Запись { $path } передвинута.
keep-done = Запись { $path } возвращена.
include-done = В список { $path } добавлено: { $value }.
exclude-done = Из списка { $path } убрано: { $value }.
text-done = Текст { $path } сохранён.
text-unchanged = Текст не изменился.
text-merged = Пока вы писали { $path }, текст изменили и другие. Сохранено и ваше, и их; прочитайте, что получилось.
text-editor-note = Измените текст, сохраните его и закройте редактор.

### Состояние и синхронизация

status-school = Школа: { $school }
status-device = Это устройство: { $name } ({ $role }), слова: { $words }
status-folder = Папка данных: { $folder } ({ $size })
status-content = Хранится: { $documents ->
    [one] { $documents } документ
    [few] { $documents } документа
   *[other] { $documents } документов
}, { $changes ->
    [one] { $changes } изменение
    [few] { $changes } изменения
   *[other] { $changes } изменений
}
status-server = Сервер: { $address }, последняя связь { $when }
status-server-never = Сервер: { $address }, связи ещё не было
status-server-none = Сервер не указан. План хранится на этом устройстве, обмен идёт через флешку.
status-dropped = Удалено навсегда: { $document } ({ $reason }): на { $devices } из { $of } устройств.
status-dropped-missing = Ещё не удалили: { $names }.
status-server-state = Сервер: { $address }: { $state }
status-peer = { $name }: { $state }, последняя связь { $when }
status-peer-state = { $name }: { $state }
status-clock = Часы этого компьютера расходятся с другими на { $time }. Проверьте их и выставьте точное время.
status-heads = Показываемое содержание: { $heads }
status-peer-lost = На сервере или другом устройстве не оказалось подтверждённых им изменений: { $count }. Там вернули старую копию данных. Изменения отправлены заново; сообщите тому, кто за него отвечает.
status-quarantine = Отложено: { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[other] { $count } изменений
}. Посмотреть: { $command }.
status-pending = Ждёт предыдущих: { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[other] { $count } изменений
}. Применится само, когда они придут.
status-node-running = jospar работает в фоне.
status-node-stopped = jospar не работает в фоне. Запустить: { $command }.
sync-connecting = Соединение с сервером { $address }…
sync-connected = Связь с сервером установлена. Слова сервера: { $words }.
sync-done = Отправлено: { $sent ->
    [one] { $sent } изменение
    [few] { $sent } изменения
   *[other] { $sent } изменений
}, получено: { $received ->
    [one] { $received } изменение
    [few] { $received } изменения
   *[other] { $received } изменений
}.
sync-nothing = Нового нет: на обеих сторонах всё одинаково.
sync-sent-to = { $name }: отправлено { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[many] { $count } изменений
}.
sync-received = Получено: { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[many] { $count } изменений
}.
sync-cost = Сеть: отправлено { $sent }, получено { $received }; обменов туда и обратно: { $trips }; время: { $time }.
sync-refused = Не принято: { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[other] { $count } изменений
}. Причина: { $reason }
sync-watching = Идёт синхронизация. Чтобы остановить, нажмите Ctrl+C.
sync-lost = Связь прервалась. Новая попытка через { $time }. Всё написанное сохранено на этом устройстве.
claim-done = Школа «{ $school }» зарегистрирована на сервере { $address }.

### История, противоречия, отмена

history-heading = { $path }: история изменений
history-line = { $when }, { $who }: { $what }
history-empty = Изменений пока нет.
history-more = И ещё { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[other] { $count } изменений
}. Показать: { $command }.
history-more-some = Есть ещё. Показать: { $command }.
change-set = { $path }: записано { $value }
change-cleared = { $path }: очищено
change-text = изменён текст { $path }
change-added = добавлено { $path }
change-removed = убрано { $path }
change-moved = передвинуто { $path }
change-kept = возвращено { $path }
change-included = в список { $path } добавлено: { $value }
change-excluded = из списка { $path } убрано: { $value }
change-imported = загружено из файла
change-undone = изменение отменено: { $what }
change-many = изменено сразу в { $count ->
    [one] { $count } месте
    [few] { $count } местах
   *[other] { $count } местах
}
change-place = изменено { $path }
conflicts-none = Противоречий нет.
conflicts-intro = Два человека одновременно записали в одно место разное. Ничего не потеряно, выберите верное.
conflict-heading = Противоречие { $number }: { $path }
conflict-candidate = { $number }) { $value } ({ $who }, { $when })
conflict-candidate-shown = { $number }) { $value } ({ $who }, { $when }), показано сейчас
removed-edited = { $path }: запись убрана ({ $remover }) и в то же время изменена ({ $editor }). Ничего не потеряно.
removed-edited-choices = 1) оставить запись с изменениями; 2) убрать
conflict-howto = Выбрать: { $command }
resolve-done = Противоречие снято. { $path }: { $value }.
resolve-kept = Запись { $path } осталась вместе с изменениями.
resolve-removed = Запись { $path } убрана.
undo-done = Отменено: { $what }.
undo-partly = Отменено: { $what }. Но позже это место изменили другие, написанное ими оставлено.
restore-to-done = { $path } снова как на момент изменения { $change }.
redo-howto = Вернуть: { $command }

### Файлы

import-done = Загружено: { $documents ->
    [one] { $documents } документ
    [few] { $documents } документа
   *[other] { $documents } документов
}, { $items ->
    [one] { $items } запись
    [few] { $items } записи
   *[other] { $items } записей
}.
import-planned = Будет загружено: { $documents ->
    [one] { $documents } документ
    [few] { $documents } документа
   *[other] { $documents } документов
}, { $items ->
    [one] { $items } запись
    [few] { $items } записи
   *[other] { $items } записей
}. Пока ничего не изменено.
import-unchanged = Всё, что есть в файле, уже есть в плане; ничего не изменено.
import-unknown-member = { $path }: эта версия программы такой части не знает. Она сохранена и вернётся при выгрузке.
import-missing-member = { $path }: в файле нет, а в плане должно быть. Заполните позже.
import-wrong-type = { $path }: не то, что ожидалось. Хранится как есть, пока поле не заполнят.
import-more-notices = И ещё { $count ->
    [one] { $count } замечание
    [few] { $count } замечания
   *[other] { $count } замечаний
}.
export-done = Выгружено в { $path }: { $documents ->
    [one] { $documents } документ
    [few] { $documents } документа
   *[other] { $documents } документов
}, { $size }.
export-written = Выгружено в { $path }: { $size }.
export-people = Имена людей в файл не включены.
bundle-done = Файл переноса { $path } готов: { $changes ->
    [one] { $changes } изменение
    [few] { $changes } изменения
   *[other] { $changes } изменений
}, { $size }. Скопируйте его на флешку и выполните на другом устройстве: { $command }.
bundle-nothing = Новых изменений для переноса нет.
bundle-imported = Принято из файла переноса: { $changes ->
    [one] { $changes } изменение
    [few] { $changes } изменения
   *[other] { $changes } изменений
}. Уже было: { $known }.
bundle-waiting = Ждёт предыдущих: { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[other] { $count } изменений
}. Принесите с первого устройства полный файл.
bundle-refused = Из файла не принято: { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[many] { $count } изменений
}.
import-request = { $name } просит принять устройство. Его слова: { $words }. Подтвердить: { $command }.
bundle-readable = Нашедший файл сможет прочитать план. После обмена удалите его с флешки.

### Устройства

invite-created =
    Приглашение готово. Роль: { $role }. Действует до: { $expiry }.
    { $link }
invite-note = Передайте ссылку только нужному человеку: она действует один раз. Когда устройство подключится, вас попросят подтвердить его.
join-connecting = Подключение через { $address }…
join-waiting = Запрос отправлен. Теперь директор должен подтвердить его на своём устройстве. Слова вашего устройства: { $words }. Назовите их директору.
join-confirmed = Добро пожаловать. Это устройство подключено к школе «{ $school }», ваша роль: { $role }.
join-fetching = План загружается: получено { $changes ->
    [one] { $changes } изменение
    [few] { $changes } изменения
   *[other] { $changes } изменений
}.
join-fetch-later = План пришёл ещё не весь. Остальное придёт при следующей синхронизации: { $command }.
join-declined = Директор не подтвердил это устройство. Спросите у него о причине.
join-file-done = Запрос { $path } готов. Отнесите его директору, он выполнит { $command }. Слова вашего устройства: { $words }.
devices-line = { $name }: { $role }, { $state }, слова: { $words }
devices-this = это устройство
devices-waiting = Ждут подключения:
devices-waiting-line = { $name }: просит роль { $role }, слова: { $words }. Подтвердить: { $command }.
devices-revoked = исключено
devices-never-seen = ещё не появлялось
device-unnamed = устройство без имени
words-check = На подключаемом устройстве стоят те же четыре слова: { $words }? Спросите рядом или сверьте по телефону.
confirm-ask = Подключить устройство { $name } к школе? Роль: { $role }.
confirm-done = { $name } подключено, роль: { $role }.
confirm-declined = { $name } не подключено.
revoke-ask = Исключить устройство { $name } из школы? С тем же ключом вернуть его будет нельзя.
revoke-done = { $name } исключено из школы. Написанное раньше осталось в плане, новые изменения не принимаются.
revoke-offline = Другие устройства узнают об этом при следующей синхронизации.
file-added = { $name } добавлен: { $path }, { $size }.
file-stripped = Из изображения убраны место и время съёмки и данные устройства.
file-known = Такой файл в школе уже есть: второй раз он не сохранён.
file-line = { $path }: { $name }, { $hash }
file-line-not-here = { $path }: { $name } (ещё не дошёл)
file-none = Доказательств с файлами нет.
file-written = { $path } записан ({ $size }).
drop-ask = Удалить { $document } навсегда на всех устройствах? Вернуть его будет нельзя.
drop-done = { $document } удалён. Устройств: { $of }, удалили: { $devices }. Остальные удалят при следующей синхронизации; посмотреть: `jospar status`.

### Копии, проверка, отложенное

backup-done = Резервная копия готова и проверена: { $path }, { $size }. Храните её на другом диске.
backup-no-key = Ключ устройства в копию не входит: другой компьютер придётся подключить заново.
restore-ask = Восстановить папку { $folder } из копии, сделанной { $when }?
restore-done = Восстановлено: { $documents ->
    [one] { $documents } документ
    [few] { $documents } документа
   *[other] { $documents } документов
}, { $changes ->
    [one] { $changes } изменение
    [few] { $changes } изменения
   *[other] { $changes } изменений
}. Копия сделана: { $when }.
restore-set-aside = Прежние данные не удалены, они отложены сюда: { $path }.
restore-next = Изменения после копии придут с других устройств: { $command }.
doctor-ok = Всё цело: проверено { $documents ->
    [one] { $documents } документ
    [few] { $documents } документа
   *[other] { $documents } документов
}, { $changes ->
    [one] { $changes } изменение
    [few] { $changes } изменения
   *[other] { $changes } изменений
}.
doctor-problem = Неполадка: { $what }
doctor-problems = Найдено неполадок: { $count }. Остановите сервер и выполните { $command }. Данные на других устройствах целы.
doctor-found = Найдено неполадок: { $count }. Остановите узел и выполните `jospar doctor --repair`: целое сохранится, остальное придёт с других устройств. Данные на других устройствах целы.
doctor-repaired = Исправлено, сохранено изменений: { $count }. Недостающие изменения придут с других устройств при следующей синхронизации.
doctor-check-disk = Файл на диске
doctor-check-log = Изменения и подписи
doctor-check-views = Показываемые документы
doctor-check-key = Ключ устройства
doctor-check-clock = Часы компьютера
doctor-check-space = Свободное место на диске: { $size }
doctor-line-ok = ✓ { $text }
doctor-line-warning = • Обратите внимание: { $text }
doctor-line-problem = ✗ Неполадка: { $text }
doctor-amiss = Нужно исправить: { $count }. Что делать, сказано выше.
doctor-store-ok = Данные на диске целы: все подписи и контрольные суммы верны.
doctor-store-writes = Данные записываются на диск и читаются обратно.
doctor-store-silent = Сервер не смог записать на диск за одну секунду. Проверьте свободное место и состояние диска, посмотрите журнал: journalctl -u jospar-server.
doctor-store-unsound = Данные на диске повреждены, мест: { $count }. Остановите сервер, скопируйте папку и восстановите последнюю целую резервную копию.
doctor-store-none = В этой папке ещё нет данных. Запустите сервер один раз или восстановите резервную копию.
doctor-store-closed = Данные не открываются: { $reason }. Скопируйте папку и восстановите последнюю резервную копию.
doctor-store-failed = С запуска сервера запись на диск не удалась, раз: { $count }. Подтверждённое не потеряно. Проверьте диск и свободное место.
doctor-space-ok = Свободного места на диске достаточно: { $size }.
doctor-space-little = На диске мало свободного места: { $size }. Освободите место или увеличьте диск.
doctor-space-none = Свободного места на диске почти нет: { $size }. Освободите место сейчас: когда оно кончится, сохранение остановится.
doctor-clock-ok = Часы компьютера идут верно.
doctor-clock-unset = Часы компьютера не установлены. Исправьте дату и время.
doctor-clock-skew = Часы компьютера отличаются от часов других устройств на { $time }. Проверьте дату и время.
doctor-keys-ok = Файлы ключей не может читать никто, кроме владельца.
doctor-keys-of-folder = Права файлов ключей те же, что у их папки; здесь они не проверяются.
doctor-keys-exposed = Файл ключа могут читать другие: { $path }. Ограничьте доступ: chmod 600.
doctor-encryption-ok = Диск, на котором лежит план, зашифрован.
doctor-encryption-none = Насколько видно системе, диск с планом не зашифрован: тот, кто унесёт этот компьютер, сможет прочитать план, но не ответы и не результаты. Попросите зашифровать диск (LUKS, BitLocker).
doctor-encryption-unknown = Зашифрован ли диск, здесь узнать нельзя. Если нет (LUKS, BitLocker), тот, кто унесёт этот компьютер, сможет прочитать план, но не ответы и не результаты.
doctor-settings-ok = Файл настроек верен.
doctor-settings-bad = Файл настроек неверен: { $reason }. Исправьте его: см. раздел «Настройка» в руководстве.
doctor-port-running = Сервер работает: { $address }.
doctor-port-free = Сервер не запущен: порт { $address } свободен. Чтобы запустить: systemctl start jospar-server.
doctor-port-taken = Порт { $address } занят другой программой, или такого адреса у компьютера нет. Остановите её или измените listen в настройках.
doctor-backup-ok = Последняя резервная копия сделана { $time } назад.
doctor-backup-none = Резервных копий ещё нет. Добавьте в настройки раздел backup или выполните: jospar-server backup.
doctor-backup-old = Последняя резервная копия устарела: сделана { $time } назад. Проверьте место в папке копий и журнал.
doctor-schools-full = Школ, у которых закончилось место: { $count }. Увеличьте предел в разделе quotas настроек и перезапустите сервер.
quarantine-none = Отложенных изменений нет.
quarantine-intro = Эти изменения пришли, но в план не вошли. Они не удаляются.
quarantine-line = { $number }) { $document }, { $who }, { $when }: { $reason }
quarantine-adopted = Принято: { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[other] { $count } изменений
}. Теперь они записаны от вашего имени.
quarantine-discarded = Убрано из списка: { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[other] { $count } изменений
}.
completions-howto = Готово для { $shell }. Добавьте эту строку в файл настроек: { $line }
node-running = jospar запущен. Папка данных: { $folder }. Чтобы остановить, нажмите Ctrl+C.
node-listening = Другие устройства находят его по адресу { $address }.
node-stopping = Остановка: сохраняются последние изменения…
node-stopped = Остановлено. Всё сохранено.

### Ход работы

progress-opening = План открывается
progress-import = Файл загружается
progress-export = Выгрузка в файл
progress-sync = Синхронизация: { $done } из { $total }
progress-bundle = Записывается файл переноса
progress-backup = Создаётся резервная копия
progress-restore = Восстановление
progress-verify = Проверка: { $done } из { $total }
progress-doctor = Проверка
progress-waiting = Ожидание подтверждения

### Сервер района

server-listening = Сервер работает: { $address }. Его слова: { $words }.
server-folder = Папка данных: { $folder }
server-first-run = Это новый сервер. Чтобы зарегистрировать школу: { $command }.
server-stopping = Сервер останавливается: сохраняются последние изменения…
server-stopped = Сервер остановлен. Всё сохранено.
server-page = Страница состояния: { $address }
verify-done = Резервная копия цела. Документов: { $documents }, изменений: { $changes }. Сделана: { $when }.
page-title = Сервер jospar
page-all-well = Всё в порядке.
page-look-soon = Работает, но есть на что обратить внимание.
page-look-now = Нужно вмешаться сейчас.
page-schools = Школы
page-school = Школа
page-seen = Последняя связь
page-documents = Документы
page-changes = Изменения
page-size = Объём
page-size-of = { $size } ({ $percent } %)
page-now = сейчас
page-ago = { $time } назад
page-never = не было
page-made = Состояние на { $when } (UTC). jospar-server { $version }.
claim-link =
    Ссылка регистрации, годится для одной школы:
    { $link }
claim-note = Передайте ссылку директору школы. Она действует для одной школы и один раз.
server-claimed = Школа зарегистрирована: { $school }.
server-status-schools = Зарегистрировано { $count ->
    [one] { $count } школа
    [few] { $count } школы
   *[other] { $count } школ
}, на связи { $online ->
    [one] { $online } устройство
    [few] { $online } устройства
   *[other] { $online } устройств
}.
server-status-school = { $school }: { $documents ->
    [one] { $documents } документ
    [few] { $documents } документа
   *[other] { $documents } документов
}, { $changes ->
    [one] { $changes } изменение
    [few] { $changes } изменения
   *[other] { $changes } изменений
}, { $size }, последняя связь { $when }
server-status-quota = { $school }: занято { $percent } % отведённого места ({ $used } из { $limit }).
server-status-none = Школ пока нет.
server-privacy = Сервер не может изменить план и не открывает его, но данные на нём не зашифрованы. Ограничьте доступ к его диску.

### Проверка формальной цифровизации

lint-none = Замечаний нет: признаков формальной цифровизации в плане не найдено.
lint-count = Найдено: { $count ->
    [one] { $count } замечание
    [few] { $count } замечания
   *[other] { $count } замечаний
}.
lint-as-of = По состоянию на { $date }.
lint-line = { $rule } { $title }: { $text }
lint-place = Место: { $subject }
lint-todo = Что сделать: { $text }
lint-index = { $subject }: индекс содержательности { $index } из 100
lint-index-missing = Не хватает: { $missing }
lint-l01 = Инструмент есть, педагогический результат не доказан
lint-l01-advice = Добавьте к инициативе педагогический результат и показатель результата и измеряйте его в срок.
lint-l01-no-pedagogy = «{ $title }»: технология выбрана, но педагогический результат не описан.
lint-l01-no-outcome-kpi = «{ $title }»: технология выбрана, но нет показателя результата.
lint-l01-overdue = «{ $title }»: срок измерения показателя «{ $kpi }» прошёл ({ $due }).
lint-l02 = Только техническое обновление
lint-l02-advice = Отметьте, что инициатива меняет: культуру, управление или педагогику.
lint-l02-detail = «{ $title }»: не отмечено ни одного изменения культуры, управления или педагогики.
lint-l03 = Цепочка неполная
lint-l03-advice = Заполните все звенья: стратегию, технологию и педагогику.
lint-l03-detail = «{ $title }»: в цепочке не хватает: { $missing }.
lint-l04 = Проблема / инициатива без связи
lint-l04-advice = Свяжите каждую проблему с инициативой, а каждую инициативу с проблемой.
lint-l04-problem = У проблемы «{ $title }» нет инициативы.
lint-l04-initiative = Инициатива «{ $title }» не связана ни с одной проблемой.
lint-l05 = Уровень без доказательств
lint-l05-advice = Приложите к уровню доказательство не старше 12 месяцев.
lint-l05-none = «{ $title }»: поставлен уровень { $level }, но доказательства нет.
lint-l05-old = «{ $title }»: доказательство уровня { $level } устарело ({ $date }).
lint-l06 = Решение по интуиции
lint-l06-advice = Добавьте к решению доказательство, ответственного и срок.
lint-l06-detail = «{ $text }»: не хватает: { $missing }.
lint-l07 = Неизмеримый показатель
lint-l07-advice = Запишите начальное значение, цель, источник и дату показателя.
lint-l07-missing = «{ $title }»: не хватает: { $missing }.
lint-l07-met = «{ $title }»: начальное значение { $baseline } достигает цели ({ $target }) уже в первый день.
lint-l08 = Количество применений – не результат
lint-l08-advice = Добавьте рядом с показателем использования показатель результата.
lint-l08-detail = «{ $title }»: считается только использование, результат не измеряется.
lint-l09 = Скопированное содержание
lint-l09-advice = Перепишите текст под эту инициативу или отчёт.
lint-l09-detail = Текст «{ $title }» совпадает с «{ $other }» на { $percent } %.
lint-l10 = Расширение без данных
lint-l10-advice = Сначала задайте критерий успеха и измерьте результат, потом расширяйте.
lint-l10-no-criterion = «{ $title }»: расширен без критерия успеха.
lint-l10-not-measured = «{ $title }»: расширен без измерения результата.
lint-l10-not-reached = «{ $title }»: результат { $measured } при критерии { $criterion }; расширен, не достигнув его.
lint-l11 = Партнёрство одностороннее
lint-l11-advice = Свяжите обязанность с делами и разделите работу между партнёрами.
lint-l11-duty = { $partner }, обязанность «{ $title }»: { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[other] { $days } дней
} без действий.
lint-l11-edits = { $partner }: { $percent } % изменений сделаны одним партнёром.
lint-l12 = Встреча запаздывает
lint-l12-advice = Назначьте встречу и составьте повестку из острых пунктов плана.
lint-l12-detail = С последней встречи прошло { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[other] { $days } дней
}, а договорились встречаться раз в { $every ->
    [one] { $every } день
    [few] { $every } дня
   *[other] { $every } дней
}.
lint-l13 = Риск без присмотра
lint-l13-advice = Добавьте к риску открытую меру с ответственным.
lint-l13-detail = «{ $title }»: оценка { $score }, но нет открытой меры с ответственным.
lint-l14 = Число не совпадает с источником
lint-l14-advice = Возьмите число из источника заново или укажите источник.
lint-l14-differs = «{ $title }»: написано { $written }, а в источнике { $computed } ({ $path }).
lint-l14-no-source = «{ $title }»: у числа { $written } нет источника.
lint-l15 = Текст ИИ не утверждён
lint-l15-advice = Поставьте пометку ИИ; человек должен прочитать и принять текст.
lint-l15-no-label = «{ $title }»: написано ИИ, но пометки нет.
lint-l15-not-accepted = «{ $title }»: текст ИИ никто не принял.
lint-l16 = Персональные данные не защищены
lint-l16-advice = Укажите для инструмента основание обработки и не показывайте малые группы.
lint-l16-tool = «{ $title }»: обрабатывает персональные данные без указанного основания.
lint-l16-floor = «{ $title }»: наименьший размер группы { $min }, это слишком мало.
lint-l16-group = «{ $title }»: показана группа из { $n }, а нужно не меньше { $min }.
lint-l17 = Противоречие в расчётах
lint-l17-advice = Проверьте и исправьте числа.
lint-l17-weights-areas = Сумма весов направлений аудита { $sum }, а должна быть 1.
lint-l17-weights-criteria = «{ $title }»: сумма весов критериев { $sum }, а должна быть 1.
lint-l17-weights-internal = Сумма весов внутренних факторов (S, W) { $sum }, а должна быть 1.
lint-l17-weights-external = Сумма весов внешних факторов (O, T) { $sum }, а должна быть 1.
lint-l17-baseline = «{ $title }»: начальное значение и цель совпадают ({ $value }).
lint-l17-quality = { $class }, { $subject }: качество ({ $quality } %) не может быть выше успеваемости ({ $success } %).
lint-l17-consistency = Попарное сравнение { $group } противоречит себе (CR = { $ratio }). Сначала посмотрите на эти три: { $first }, { $second }, { $third }.
missing-evidence = доказательство
missing-owner = ответственный
missing-due = срок
missing-baseline = начальное значение
missing-target = цель
missing-source = источник
missing-date = дата
part-strategy = стратегия
part-technology = технология
part-pedagogy = педагогика
part-problem = проблема
part-evidence = доказательство
part-outcome-kpi = показатель результата с начальным значением и целью
part-on-time = измерение в срок
part-partners = оба партнёра

### Показ

demo-title = jospar: два устройства, один сервер, один план
demo-intro = Всё происходит на этом компьютере: три отдельные программы, три папки, настоящая сеть. Интернет не нужен.
demo-folder = Папка: { $folder }
demo-part-start = 1. Школа подключается к серверу
demo-part-offline = 2. Связи нет, работа идёт
demo-part-online = 3. Связь появилась
demo-part-usb = 4. Без сервера: через флешку
demo-part-try = 6. Попробуйте сами
demo-server-started = Сервер района запущен: { $address }.
demo-director-founded = Директор создал план школы «{ $school }» и зарегистрировал её на сервере.
demo-teacher-invited = Директор отправил приглашение учителю информатики.
demo-teacher-joined = Учитель присоединился. Директор сверил четыре слова и подтвердил: { $words }.
demo-imported = Директор загрузил пример плана: { $documents ->
    [one] { $documents } документ
    [few] { $documents } документа
   *[other] { $documents } документов
}, { $items ->
    [one] { $items } запись
    [few] { $items } записи
   *[other] { $items } записей
}.
demo-first-sync = План дошёл до устройства учителя: { $size }, { $time }.
demo-offline = Теперь оба устройства отключены от сети.
demo-director-writes = Директор пишет в абзаце «{ $place }»: «{ $text }»
demo-teacher-writes = Учитель пишет в том же абзаце: «{ $text }»
demo-director-date = Директор ставит срок для «{ $item }»: { $date }
demo-teacher-date = Учитель ставит тот же срок иначе: { $date }
demo-director-risk = Директор добавляет риск: «{ $title }».
demo-teacher-risk = Учитель тоже добавляет риск: «{ $title }».
demo-both-vote = Оба голосуют за идею «{ $idea }».
demo-director-removes = Директор убирает запись «{ $item }».
demo-teacher-edits-removed = Учитель в то же время дополняет именно её: «{ $text }»
demo-saved-offline = Всё сохранено, ещё не отправлено: у директора { $director ->
    [one] { $director } изменение
    [few] { $director } изменения
   *[other] { $director } изменений
}, у учителя { $teacher ->
    [one] { $teacher } изменение
    [few] { $teacher } изменения
   *[other] { $teacher } изменений
}.
demo-online = Оба устройства снова в сети.
demo-merged-text = В абзаце есть слова обоих: «{ $text }»
demo-conflict = О сроке сказано двумя способами, программа показывает оба:
demo-conflict-resolved = Директор выбрал: { $date }. Противоречие снято на всех устройствах.
demo-risks-both = Оба риска в плане: { $first }; { $second }.
demo-votes = Засчитаны оба голоса: у идеи «{ $idea }» { $count ->
    [one] { $count } голос
    [few] { $count } голоса
   *[other] { $count } голосов
}.
demo-removed-edited = Написанное учителем в убранной записи не потеряно, программа просит человека решить: «{ $item }».
demo-equal-heads = Состояние документов одинаково у всех трёх: { $digest }
demo-equal-vectors = Список изменений одинаков у всех трёх: { $digest }
demo-equal-two = На обоих устройствах всё одинаково: { $digest }
demo-cost = По сети прошло: { $bytes }; обменов туда и обратно: { $trips }; время: { $time }.
demo-idle-cost = Повторное соединение без новостей: { $bytes }, обменов туда и обратно: { $trips }.
demo-server-off = Сервер выключен, сети у устройств нет.
demo-both-write-again = Оба сделали новые изменения: директор «{ $director }», учитель «{ $teacher }».
demo-usb-written = Файл на флешке ({ $name }): { $file }, { $size }.
demo-usb-read = { $name }: файл прочитан, принято { $changes ->
    [one] { $changes } изменение
    [few] { $changes } изменения
   *[other] { $changes } изменений
}.
demo-usb-server-back = Сервер снова включён и получил то, что переносили на флешке.
demo-part-plugins = 5. Плагины: считают и предлагают, а решает человек
demo-table-imported = Учитель принял таблицу { $file } через плагин: личные ответы запечатаны, сервер их прочесть не может.
demo-report-equal = «{ $title }»: отчёты на двух устройствах совпадают до байта ({ $size }).
demo-proposal-taken = Директор принял предложение плагина: вес фактора «{ $factor }» теперь { $after }, а не { $before }. Учитель видит то же.
demo-check-ok = { $what }: верно
demo-check-failed = { $what }: не так, как ожидалось. Ожидалось: { $expected }. Получилось: { $found }.
demo-done = Показ завершён: ни одно слово не потеряно. Время: { $time }.
demo-failed = Показ остановлен: { $reason }. Папка сохранена: { $folder }.
demo-try = Откройте три терминала и выполните эти команды по порядку:
demo-try-terminal = Терминал { $number }: { $who }
demo-try-edit = Теперь измените что-нибудь на обоих устройствах, выполните `jospar sync` и сравните.
demo-try-clean = Когда закончите, папку можно удалить: { $folder }

### Названия полей

field-accepted-by = кто принял
field-acknowledged = ознакомлены
field-activities = дела
field-actual = факт
field-adaptations = адаптации
field-added = дата добавления
field-administration = вариант для администрации
field-advice = технологические советы
field-after = после
field-agenda = повестка
field-ai = написано ИИ
field-ai-assisted = с помощью ИИ
field-ai-label = пометка ИИ
field-ai-run = запуск ИИ
field-ai-runs = запуски ИИ
field-ai-uses = направления ИИ
field-amount-kzt = сумма, тенге
field-answered = дата ответа
field-antipatterns = неэффективные традиции
field-approvals = утверждения
field-areas = направления
field-artefact = артефакт
field-as-of = по состоянию на
field-ask = запрос
field-assistant-cases = управленческие ситуации
field-at = время
field-at-least = не менее
field-at-most = не более
field-attendance = присутствие
field-attended = число участников
field-attendees = участники
field-audience = аудитория
field-audit = цифровой аудит
field-audit-area = направление аудита
field-author = автор
field-author-group = группа авторов
field-baseline = начальное значение
field-basis = основание обработки
field-before = до
field-benefits = преимущества
field-blocks = блоки
field-budget-kzt = бюджет, тенге
field-by = кем
field-capacity = число мест
field-cell = ячейка
field-chain = цепочка
field-change-dimensions = измерения изменений
field-change-dims = измерения изменений
field-channel = канал
field-checked-by = кто проверил
field-part-of = дополнительный файл какого доказательства
field-chosen = выбран
field-claims = утверждения
field-class = класс
field-closed = дата закрытия
field-coaching = коучинг
field-comments-threads = обсуждения
field-conclusion = вывод
field-confidence = уверенность
field-contact = контакт
field-convention = правило расчёта
field-corrections = корректировки
field-cost-kzt = стоимость, тенге
field-criteria = критерии
field-data = данные
field-date = дата
field-deadline = крайний срок
field-decision = решение
field-decisions = решения
field-default-language = основной язык
field-define = определение (Define)
field-departments = подразделения
field-descriptors = описания уровней
field-device = устройство
field-difficulties = трудности
field-difficulty = трудность
field-direction = направление
field-done = выполнено
field-due = срок
field-duties = обязанности
field-en = по-английски
field-end = конец
field-every-days = раз в сколько дней
field-evidence = доказательства
field-exchange-log = обмен опытом
field-expected-outcomes = ожидаемые результаты
field-external = внешние факторы
field-extra = дополнительные данные
field-facilitators = фасилитаторы
field-fear = цифровой страх
field-feasibility = выполнимость
field-figures = числа
field-file-hash = отпечаток файла
field-focus-learners = наблюдаемые ученики
field-frequency = частота
field-from = откуда
field-antipattern-from = было
field-block-from = взято из
field-strategy-from = на что опирается
field-future = в будущем
field-goals = цели
field-grants = гранты
field-groups = группы
field-hash = отпечаток
field-help-requests = запросы помощи
field-history-example = пример истории
field-hours = часы
field-hours-month = часов в месяц
field-hours-spent = потрачено часов
field-idea = идея
field-ideas = идеи
field-ideate = идеи (Ideate)
field-illustrative-fields = поля для примера
field-impact = влияние
field-indicators = индикаторы
field-info-sharing = обмен информацией
field-initiative = инициатива
field-initiatives = инициативы
field-inputs = входные данные
field-internal = внутренние факторы
field-items = пункты
field-judgements = попарные оценки
field-kind = вид
field-kk = по-казахски
field-kpi = показатель
field-kpis = показатели
field-label = метка
field-labels = метки
field-last-sent = последняя отправка
field-last-used = последнее применение
field-layer = слой
field-layers = слои
field-learning = в обучении
field-lessons = уроки
field-level = уровень
field-levels = уровни
field-licence = лицензия
field-likelihood = вероятность
field-links = связи
field-load-after = нагрузка после
field-load-before = нагрузка до
field-log = журнал
field-maintenance = техническое обслуживание
field-management = в управлении
field-marks = оценки
field-max = максимум
field-measure = измерение
field-measured = измерено
field-measurements = измерения
field-meeting-rule = правило встреч
field-meetings = встречи
field-mentee = наставляемый
field-mentor = наставник
field-mentoring = наставничество
field-method = метод
field-metric = метрика
field-min = минимум
field-min-group = наименьшая группа
field-minutes = протокол
field-mentor-session-minutes = длительность, минут
field-minutes-by-hand = вручную, минут
field-minutes-with-ai = с ИИ, минут
field-mitigations = меры
field-model = модель
field-n = количество (n)
field-name = имя
field-needs = потребности
field-next = следующая дата
field-next-due = срок следующего измерения
field-nodes = узлы карты
field-notes = заметки
field-notice = примечание
field-novelty = новизна
field-number = номер
field-on = к чему относится
field-opened = дата открытия
field-options = варианты
field-order = порядок
field-outcome = результат
field-output = итоговый документ
field-output-hash = отпечаток результата
field-owner = ответственный
field-owners = ответственные
field-pairs = пары
field-pairwise = попарное сравнение
field-parent = вариант для родителей
field-partners = партнёры
field-passport = паспорт плана
field-path = место
field-pedagogy = педагогика
field-people = люди
field-period = период
field-person = человек
field-pilots = пилотные проекты
field-place = где
field-plan = план
field-position = должность
field-privacy = конфиденциальность
field-private = личное
field-problem = проблема
field-problems = проблемы
field-professional-development = профессиональное развитие
field-prompt = запрос к ИИ
field-prototype = прототип (Prototype)
field-published = дата публикации
field-purpose = назначение
field-quadrant = часть SWOT
field-quality = качество, %
field-raci = матрица ролей (RACI)
field-rating = оценка
field-real-situation = реальная ситуация
field-refers-to = на что опирается
field-reflections = рефлексия
field-rejected-because = причина отказа
field-replies = ответы
field-residual = остаточный риск
field-resolved = решено
field-resources = ресурсы
field-result = результат
field-reversed = обратные пункты
field-reviewer = кто проверил
field-risk = риск
field-risks = риски
field-role = роль
field-roles = роли
field-ru = по-русски
field-scale = шкала
field-scales = шкалы
field-schema = формат файла
field-school = школа
field-school-map = карта школы
field-scope = охват
field-scores = баллы
field-selected = отобрано
field-selection-rule = правило отбора
field-severity = тяжесть
field-shown = показывается
field-situation = ситуация
field-skills = навыки
field-source = источник
field-sources = источники
field-spent-kzt = потрачено, тенге
field-sponsor = кто поддерживает
field-sponsors = спонсоры
field-stage = этап
field-start = начало
field-state = состояние
field-statement = формулировка
field-steps = шаги
field-strategy = стратегия
field-student = вариант для учеников
field-subject = предмет
field-success = успеваемость или критерий успеха
field-swot = SWOT-анализ
field-target = цель
field-task = задача
field-teacher = учитель
field-team = команда
field-technology = технология
field-term = четверть
field-test = тест
field-text = текст
field-thanks = благодарности
field-tickets = технические заявки
field-time-grants = выделенное время
field-time-log = журнал времени
field-title = название
field-to = куда
field-antipattern-to = стало
field-today = сегодня
field-tools = инструменты
field-topic = тема
field-tows = стратегии TOWS
field-unit = единица
field-uses = применения
field-value = значение
field-vision = общее видение
field-voters = число голосовавших
field-votes = голоса
field-weakest-link = оценка по слабейшему звену
field-weight = вес
field-what-next = что дальше
field-what-worked = что получилось
field-survey = опрос
field-rows = ответы
field-group = группа
field-answers = ответы
field-comment = комментарий
field-learner = ученик
field-lesson-study = исследование урока
field-results = результаты
field-points = баллы
field-lesson = урок
field-sealed = запечатано
field-seal-key = ключ печати
field-dropped = удалённое
field-asks = запрошенное
field-drafted = метка проекта
field-drafted-blocks = метки частей проекта
field-who = кто
field-who-suffers = кто страдает
field-why = за что
field-x = по горизонтали (x)
field-y = по вертикали (y)

### Варианты выбора

choice-r = выполняет (R)
choice-a = отвечает (A)
choice-c = консультирует (C)
choice-i = информируется (I)
choice-s = сильная сторона (S)
choice-w = слабая сторона (W)
choice-o = возможность (O)
choice-t = угроза (T)
choice-so = силы и возможности (SO)
choice-wo = слабости и возможности (WO)
choice-st = силы и угрозы (ST)
choice-wt = слабости и угрозы (WT)
choice-classic = классический
choice-response = способность реагировать
choice-define = определение
choice-ideate = идеи
choice-prototype = прототип
choice-done = выполнено
choice-draft = черновик
choice-review = на рассмотрении
choice-approved = утверждено
choice-signed = подписано
choice-archived = в архиве
choice-found = выявлено
choice-planned = запланировано
choice-changing = меняется
choice-changed = изменено
choice-idea = идея
choice-asked = запрос отправлен
choice-promised = обещано
choice-received = получено
choice-refused = отказано
choice-preparing = готовится
choice-applied = заявка подана
choice-won = выигран
choice-lost = не выигран
choice-kk = казахский
choice-ru = русский
choice-en = английский
choice-lesson = цифровой урок
choice-decision = принятие решения
choice-ai-tool = ИИ-инструмент
choice-none = без персональных данных
choice-internal = внутреннее
choice-personal = личное
choice-open = открыто
choice-in-progress = выполняется
choice-closed = закрыто
choice-cancelled = отменено
choice-paused = приостановлено
choice-order-draft = проект приказа
choice-order = приказ
choice-analytic-report = аналитический отчёт
choice-development-plan = план развития
choice-minutes = протокол
choice-minutes-saved-share = доля сэкономленных минут
choice-bulletin = информационное письмо
choice-rubric = критерии оценивания
choice-task-set = набор заданий
choice-outcome = результат
choice-use = использование
choice-planning = планирование
choice-analysis = анализ
choice-scale = расширить
choice-revise = доработать
choice-stop = остановить
choice-seminar = семинар
choice-training = тренинг
choice-conference = конференция
choice-survey = опрос
choice-interview = интервью
choice-ai-analysis = ИИ-анализ
choice-journal-export = выгрузка журнала
choice-lesson-results = результаты уроков
choice-pilot-result = результат пилота
choice-document = документ
choice-photo = фото
choice-teachers = учителя
choice-students = ученики
choice-parents = родители
choice-ai = ИИ
choice-tools = инструменты
choice-up = должно расти
choice-down = должно снижаться
help-role = Дать участнику другую роль
help-deputy = Сделать устройство участника вторым устройством директора: потеря одного не оставит школу без управления
help-rotate = Сменить ключ этого устройства; владелец и роль остаются
help-recovery = Сделать лист восстановления или воспользоваться им
help-recovery-sheet = Сделать лист восстановления: 24 слова, с которыми новое устройство становится директорским
help-recovery-use = Сделать это устройство директорским по словам листа восстановления; слова читаются с клавиатуры или со стандартного ввода
help-trust = Показать, кто может управлять школой и какие решения не действуют
help-quarantine-list = Показать отложенные изменения
help-arg-until = Последний день роли, например 2026-12-31
help-arg-recovery-file = Файл переноса школы с устройства любого участника; не нужен, если план уже здесь
help-arg-lost = Потерянное устройство директора, если их несколько
help-arg-set-aside = Номер в списке или начало обозначения изменения
assign-ask = Дать устройству { $device } роль { $role }?
assign-done = Теперь у { $name } роль { $role }. Написанное раньше осталось в плане.
assign-until = Роль действует до { $date }.
rotate-ask = Сменить ключ этого устройства? Старый больше не будет действовать.
rotate-done = Ключ сменён. Теперь слова устройства: { $words }.
rotate-next = Если jospar работал, он остановился: запустите его снова.
recovery-sheet-title = Лист восстановления. Перепишите эти 24 слова от руки или распечатайте:
recovery-sheet-keep = Храните лист в сейфе школы. Тот, у кого он есть, может один раз стать директором. Не фотографируйте его.
recovery-type = Введите слово { $number }:
recovery-sheet-done = Лист восстановления действует. Прежние листы больше не действуют.
recovery-ask-words = Введите 24 слова листа одной строкой:
recovery-done = Теперь это устройство директора. Его слова: { $words }.
recovery-lost = Потерянное устройство исключено: { $words }. Об этом узнают все устройства.
recovery-next = Лист использован. Сделайте новый: { $command }.
trust-state = Устройств директора: { $directors }, действующих листов восстановления: { $sheets }.
trust-one-director = ВНИМАНИЕ: школой управляет только одно устройство, а листа восстановления нет. Если его потерять, никто не сможет подключать и исключать устройства. Сделайте лист: { $command }, или назначьте заместителя.
trust-recovered = ВНИМАНИЕ: { $name } ({ $words }) получил права директора по листу восстановления. Если об этом не договаривались, сразу исключите устройство.
dropped-line = Не действует: запись { $number } ({ $kind }), { $name }: { $reason }
dropped-not-director = Подписавший к тому времени потерял право директора.
dropped-not-member = Подписавшее устройство к тому времени исключили, или у него был другой ключ.
dropped-shut-out = Устройство, о котором она говорит, исключено.
dropped-key-taken = Новый ключ уже был известен.
dropped-sheet = Лист восстановления уже использован или заменён.
entry-genesis = начало
entry-grant = подключение
entry-assign = роль
entry-revoke = исключение
entry-server = сервер
entry-rotate = новый ключ
entry-sheet = лист восстановления
entry-recover = восстановление
entry-settle = решение об отложенных изменениях
entry-drop = удаление документа
entry-later = новой версии
quarantine-group = { $number }) { $document }, { $who }, { $when }, { $count ->
    [one] { $count } изменение
    [few] { $count } изменения
   *[many] { $count } изменений
}: { $reason }
quarantine-not-adoptable = В этом нет ничего, что можно было бы записать заново.
quarantine-next = Решает директор: { $adopt } или { $discard } с номером.
quarantine-discard-ask = Убрать номер { $number } из списка на всех устройствах? В план это записано не будет.
error-recovery-sheet = Этот лист восстановления не действует: он использован, заменён или принадлежит другой школе.
error-recovery-count = На листе { $wanted } слова, а введено { $count }. Введите все.
error-recovery-word = Слово { $number } («{ $word }») не из листа. Проверьте его.
error-recovery-check = Слова не подходят друг к другу: хотя бы одно заменено другим. Сверьте их по одному.
error-recovery-typed = Это другое слово. Лист ещё не действует: запишите слова и начните снова.
error-recovery-which = Назовите потерянное устройство директора с --lost: { $devices }
error-nothing-to-adopt = В этих изменениях нет ничего, что можно записать заново. Уберите их из списка.
choice-before = до
choice-after = после
choice-teacher = учитель
choice-student = ученик
choice-parent = родитель
choice-administration = администрация

### Утверждение

help-approve = Утвердить план или документ своей подписью
help-approvals = Показать, что утверждено и чьей подписи ждут
help-approval = Подтвердить или проверить утверждение
help-approval-export = Записать файл, подтверждающий утверждение
help-approval-verify = Проверить файл утверждения без плана
help-approval-code = Показать код утверждения для печати
help-approval-check = Сверить код с бумаги с планом на этом устройстве
help-audit-page = Показать страницу аудитора района
help-arg-what = plan, вид документа или путь документа, например documents/doc1
help-arg-code = Текст QR-кода с бумаги
help-arg-publish = Опубликовать страницу для аудитора
approve-ask = { $what }: документов { $documents }, текст { $hash }. Утвердить этот текст своей подписью?
approve-done = Подписано: { $what }, текст { $hash }, ваша роль: { $role }.
approval-not-approved = Не утверждено.
approval-waits-teacher = Ожидает подписи учителя информатики.
approval-waits-director = Ожидает подписи директора.
approval-approved = Утверждено.
approval-differs = Отличается от утверждённой версии: с тех пор есть изменения.
approval-not-here = Текста нет на этом устройстве.
approval-counts = подписан этот текст
approval-earlier = подписан прежний текст
approval-stands = действительна
approval-ended = не учитывается: право позже прекращено, и нельзя узнать, что подписано раньше
approval-no-right = не учитывается: права подписи не было
approval-policy-missing = не учитывается: здесь нет записи о праве
approval-other-workspace = не учитывается: относится к другой школе
approval-newer = создано более новой версией программы
approval-invalid-signature = недействительна: подпись поддельная или текст подменён
approval-unreadable = недействительна: не читается
approval-altered = недействительна: запись изменена
approval-other-content = недействительна: в указанном состоянии текст другой
approvals-line = { $what } ({ $hash }): { $state }
approvals-before = Последняя утверждённая версия: { $when }.
approvals-rewritten = Текст тот же, что утверждён: его меняли и вернули обратно.
approvals-signature = { $who }, { $role }, { $when }: { $state }
approvals-changed = Изменено: { $document }
approvals-added = Добавлено: { $document }
approvals-removed = Убрано: { $document }
approvals-more = Ещё документов: { $count }
approvals-invalid = Запись { $approval }: { $state }
approval-file-written = Записано: { $path } ({ $size }), подписей: { $count }. Проверка: { $command }
approval-proof-earlier = ВНИМАНИЕ: это последняя утверждённая версия; нынешний текст другой.
approval-verified = { $what }, «{ $title }», { $school }. Документов: { $documents }, текст { $hash }.
approval-verified-by = По записям о правах в файле (их { $entries }, школа { $school }). Более поздних записей в файле может не быть.
approval-code-state = Код на бумаге: { $state }
approval-text-current = { $what }: код относится к нынешнему тексту на этом устройстве.
approval-text-earlier = { $what }: код относится к прежнему тексту; с тех пор он изменён.
approval-text-unknown = { $what }: такого текста на этом устройстве нет.
audit-page-none = Школа ещё не опубликовала страницу аудитора.
audit-page-title = { $school }: { $title }. Составлено: { $when }
audit-page-signature = { $role }, { $when }: { $state }
audit-page-section = { $part }: записей { $items }, последнее изменение { $when }
audit-page-findings = Замечаний: { $count }
error-approval-what = { $path } не утверждают. Назовите план, вид документа или документ, например documents/doc1.
error-approval-no-right = У этого устройства нет права подписи. План утверждают директор и учитель информатики, бумагу только директор.
error-approval-empty = Утверждать нечего: текста нет.
error-approval-moved = Текст изменился после того, как вы его видели; ничего не подписано. Посмотрите его снова и повторите.
error-approval-conflicts = Нерешённых противоречий: { $count }. Сначала сделайте выбор: { $command }
error-approval-not-ready = План не готов к утверждению: есть инициативы с неполной цепочкой или проблемы без инициативы: { $places }
error-approval-not-accepted = Часть текста написал ИИ, и никто её не принял, поэтому подписать нельзя: { $places }. Прочитайте и примите: `jospar model accept`.
error-approval-too-large = Для одного утверждения слишком много документов.
error-approval-none = Это ещё никто не подписал.
error-approval-not-a-file = { $path } не является файлом утверждения.
error-approval-file-damaged = Файл утверждения { $path } повреждён или скопирован не полностью. Скопируйте его снова.
error-approval-file-forged = Подпись или запись о праве в файле { $path } поддельна. Не верьте ему.
error-approval-other-text = { $path }: подпись относится к другому тексту и этот не подтверждает.
error-approval-code = Это не код утверждения, или в нём изменена буква. Считайте его снова.
error-approval-other-school = Код относится к другой школе.

### Плагины

plugin-manifest-too-long = Манифест плагина занимает { $bytes } байт, допускается { $max }. Сократите его.
plugin-manifest-json = Манифест плагина, строка { $line }, столбец { $column }: { $reason }.
plugin-manifest-field = Манифест плагина: { $problem ->
    [empty] поле { $field } пустое или заполнено не на трёх языках
    [long] поле { $field } слишком длинное или в нём слишком много записей
    [characters] в поле { $field } есть недопустимые символы
    [twice] { $field } повторяется
    [api] поле { $field } называет интерфейс, которого нет в этой версии jospar. Обновите программу или возьмите другую версию плагина
    [value] { $field } не подходит к типу и границам настройки
    [setting] поле { $field } не относится к этому типу настройки или отсутствует
   *[own] { $field }: плагин просит собственный результат
}.
plugin-manifest-missing = Здесь нет манифеста плагина: у компонента он лежит в секции jospar:manifest, у скрипта — в комментарии, с которого тот начинается.
plugin-manifest-twice = Здесь больше одного манифеста плагина. Оставьте один.
plugin-package-too-large = Плагин занимает { $bytes } байт, допускается { $max }.
plugin-package-none = Это не плагин: файл не компонент WebAssembly и не скрипт, который начинается с манифеста.
plugin-package-module = Это модуль WebAssembly, а не компонент. Соберите плагин командой `jospar plugin build`.
plugin-package-damaged = Файл плагина повреждён, байт { $at }: { $reason }. Получите его заново.
plugin-package-text = Скрипт сохранён не в UTF-8 (байт { $at }). Сохраните его в UTF-8.
plugin-package-runner = Поле runner в манифесте не подходит к файлу: у скрипта на JavaScript там js-1, на Python — py-1, у компонента этого поля нет.
plugin-signature-misplaced = Подпись плагина стоит не в конце: файл изменили после подписания. Возьмите его у автора заново.
plugin-signature-invalid = Подпись плагина недействительна: файл изменили после подписания. Возьмите его у автора заново.
plugin-id-invalid = { $id } — не имя плагина: допускаются буквы a-z, цифры, дефисы и точки, не больше 64 знаков.
plugin-setting-type = Значение не того типа, что у настройки.
plugin-setting-range = Значение вне границ. Наименьшее: { $min }. Наибольшее: { $max }.
plugin-setting-choice = Такого варианта у настройки нет.
plugin-outcome-too-much = Плагин вернул слишком много: { $what ->
    [bytes] байт — { $count }
    [blocks] блоков — { $count }
    [cells] ячеек — { $count }
    [proposals] предложений — { $count }
    [edits] правок — { $count }
   *[depth] глубина вложенности данных — { $count }
}, а допускается { $max }.
plugin-outcome-range = Отчёт плагина, блок { $block }: уровень заголовка или число знаков после запятой вне границ. Сообщите автору.
plugin-outcome-shape = Отчёт плагина, блок { $block }: строки не совпадают со столбцами или ряды — с категориями. Сообщите автору.
plugin-outcome-json = Плагин вернул данные, которые не читаются ({ $what }: { $reason }). Сообщите автору.
plugin-capability-unknown = Разрешения { $name } нет. Есть: read:PART, survey:totals, survey:rows, lesson:results, result:PLUGIN, store, llm.
plugin-capability-read = читать часть плана «{ $what }»
plugin-capability-survey-totals = читать итоги опросов; малые группы остаются скрытыми
plugin-capability-survey-rows = читать ответы опросов по каждому человеку, без имён
plugin-capability-lesson-results = читать результаты учеников в исследованиях урока
plugin-capability-result = читать последний результат плагина { $what }
plugin-capability-store = хранить промежуточные данные на этом устройстве
plugin-capability-llm = спрашивать языковую модель; каждый раз вы видите, что отправляется, и соглашаетесь или нет
plugin-compile-import = Плагин просит то, чего плагинам не дают: { $name }. Он не запущен. Сообщите автору: плагин собирают без WASI, для jospar:plugin 0.1.
plugin-compile-no-run = В плагине нет функции run, запускать нечего. Сообщите автору.
plugin-compile-too-much = Плагин слишком велик, чтобы его подготовить: { $what ->
    [bytes] байт — { $count }
    [modules] модулей — { $count }
    [functions] функций — { $count }
    [declarations] объявлений — { $count }
    [locals] локальных переменных в одной функции — { $count }
   *[function-bytes] байт в одной функции — { $count }
}, а допускается { $max }.
plugin-compile-invalid = Плагин — не правильный WebAssembly: { $reason }.
plugin-compile-interface = Плагин собран для другого интерфейса, чем в этой версии jospar: { $reason }. Обновите программу или возьмите другую версию плагина.
plugin-compile-runner = Скрипту нужен исполнитель, названный в манифесте, а компоненту — никакой.
plugin-compile-long = Плагин не подготовлен: это заняло больше { $seconds } секунд и было остановлено. Ничего другого это не затронуло. Попросите автора сделать плагин меньше.
plugin-compile-failed = Не удалось подготовить плагин: { $reason }.
plugin-host-folder = Подготовить плагины нельзя: папка { $folder } не годится ({ $reason }). Она должна принадлежать только вам.
plugin-host-engine = На этом компьютере плагины не работают: { $reason }.
plugin-run-task = У плагина нет задачи { $name }.
plugin-run-file = Файл { $name } плагину не передан: файлов слишком много, он слишком велик или файл с таким именем уже есть.
plugin-run-plugin = Плагин сообщает: { $message }
plugin-run-compute = Плагин остановлен: он считал дольше { $seconds } с. Попробуйте на меньших данных или сообщите автору.
plugin-run-long = Плагин остановлен: он работал дольше { $seconds } с.
plugin-run-calls = Плагин остановлен: он обратился к программе больше { $max } раз.
plugin-run-memory = Плагин остановлен: ему понадобилось больше { $mebibytes } МиБ памяти. Попробуйте на меньших данных или дайте ему больше на его странице либо командой `jospar plugin memory`.
plugin-run-stack = Плагин остановлен: он слишком глубоко вызывал сам себя. Сообщите автору.
plugin-run-unreadable = Ответ плагина не читается: { $reason }. Сообщите автору.
plugin-run-trap = Плагин прервался: { $reason }. Сообщите автору.
plugin-run-cancelled = Остановлено.
plugin-run-host = Не удалось запустить плагин: { $reason }.
plugin-answer-denied = Для этого нужно разрешение { $capability }, а его не дали.
plugin-answer-part = В плане нет части { $name }.
plugin-answer-plugin = { $name } — не имя плагина.
plugin-answer-file = Файл { $name } плагину не передали.
plugin-answer-text-long = Текст занимает { $bytes } байт, допускается { $max }.
plugin-answer-long = Ответ занимает { $bytes } байт, передать можно { $max }.
plugin-answer-store-key = Ключ занимает от 1 до { $max } байт и не содержит управляющих символов.
plugin-answer-store-bytes = Плагин может хранить на этом устройстве не больше { $max } байт.
plugin-answer-store-keys = Плагин может хранить на этом устройстве не больше { $max } ключей.
plugin-answer-model-requests = Вопросов к языковой модели за этот запуск уже { $max }, больше нельзя.
plugin-answer-model-long = Вопрос к языковой модели занимает { $bytes } байт, допускается { $max }.
plugin-answer-model-request = Вопрос к языковой модели составлен неверно: шаблон, язык (kk, ru или en) или длина.

### Плагины на устройстве

error-changed-meanwhile = То, что стоит в { $path }, изменили после работы плагина. Ничего не записано. Посмотрите предложение ещё раз.
error-too-many-edits = Слишком много правок сразу: { $count }, допускается { $limit }.
error-package-damaged = Пакет плагина повреждён или изменён ({ $hash }). Он не принят. Попросите коллегу опубликовать его заново.
error-package-unknown = В школе нет пакета { $hash }.
error-file-too-large = Файл занимает { $bytes } байт, вместе с планом хранится до { $limit }. Уменьшите фото или разделите PDF.
error-file-type = «{ $name }» не принят: принимаются изображения (JPEG, PNG, WebP), PDF, Word, Excel, PowerPoint, OpenDocument без макросов и тексты в UTF-8.
error-file-picture = Изображение «{ $name }» повреждено: его не удалось прочитать до конца, а значит, и убрать из него место съёмки. Сохраните его заново.
error-file-not-here = Файл ещё не дошёл до этого устройства целиком ({ $hash }). Он придёт при следующей синхронизации.
error-file-damaged = Файл повреждён или изменён ({ $hash }) и поэтому не показывается. Добавьте его заново.
error-package-too-large = Пакет занимает { $bytes } байт, вместе с планом передаётся до { $limit }. Передайте его коллегам файлом.
plugin-unknown = Плагина { $plugin } нет. Какие есть, покажет `jospar plugin list`.
plugin-id-wrong = { $id } не годится как имя плагина: строчные латинские буквы, цифры, точки и дефисы.
plugin-id-bundled = { $plugin } входит в программу, заменить его нельзя. Дайте своему плагину другое имя.
plugin-bundled-stays = { $plugin } входит в программу и остаётся. Права у него можно забрать: `jospar plugin revoke`.
plugin-unsigned = Плагин { $plugin } никем не подписан: его мог изменить кто угодно. Если вы знаете, откуда он, добавьте `--unsigned`.
plugin-other-publisher = Этот { $plugin } подписан другим издателем ({ $publisher }), а не тем, что установленный ({ $pinned }). Он не принят. Если у издателя и правда новый ключ, сначала удалите плагин: `jospar plugin remove`.
plugin-no-longer-signed = Установленный { $plugin } подписан ({ $pinned }), а этот нет. Он не принят.
plugin-older = { $plugin } { $version } старее установленного { $installed }. Если нужен старый, добавьте `--downgrade`.
plugin-disabled = Плагин { $plugin } не сработал { $count } раза подряд и выключен. В последний раз: { $reason } Попробовать снова: `jospar plugin enable`.
plugin-capability-not-asked = { $plugin } не просит { $capability }, поэтому разрешать нечего.
plugin-library-damaged = Список плагинов на этом устройстве повреждён. Уберите файл plugins/plugins.db из папки данных и установите плагины заново; план цел.
plugin-library-newer = Список плагинов на этом устройстве записан более новой версией jospar. Обновите программу.
plugin-not-run = { $plugin } на этом устройстве ещё не работал. Сначала запустите его: `jospar plugin run`.
plugin-proposal-unknown = У { $plugin } нет предложения { $number }; всего их { $count }.
plugin-proposal-accepted = Предложение { $number } уже принято.
plugin-proposal-closed = Плагин не может менять { $path }: имена людей и сведения о плагинах меняют только люди.
plugin-setting-unknown = У { $plugin } нет настройки { $setting }.
plugin-file-name = { $name } не годится как имя файла для плагина.
plugin-key-damaged = { $path } не ключ для подписи плагинов.
plugin-folder-empty = В { $folder } нет плагина: ни скрипта (.py, .js), ни компонента (.wasm). Проект на Rust сначала соберите: `jospar plugin build`.
plugin-folder-two = В папке два плагина: { $one } и { $two }. Оставьте один.
plugin-build-no-cargo = Не найден Cargo, который собирает Rust. Установите Rust с целью { $target }.
plugin-build-failed = Плагин в { $folder } не собран: { $reason }
plugin-example-json = Файл { $path }, строка { $line }: { $reason }
plugin-no-part = В плане ещё нет раздела { $name }.
plugin-no-survey = Опроса { $name } нет.
plugin-no-study = Исследования урока { $name } нет.
plugin-no-result = Плагин { $name } на этом устройстве ещё не работал.
plugin-no-scale = У опроса { $name } нет шкалы из целых чисел, ответы не посчитать.
plugin-too-few-answers = Ответили { $n }; числа показываются от { $k } человек, чтобы никого нельзя было узнать.
plugin-no-store = Хранилище плагина на этом устройстве сейчас недоступно.
plugin-no-model = Языковая модель на этом устройстве не задана. Плагин работает без неё.
plugin-list-line = { $plugin } { $version }: { $name } ({ $origin })
plugin-list-offered = Предлагают коллеги:
plugin-list-offer = { $plugin } { $version }, от { $who }, { $size }: { $state }
plugin-list-missing = не разрешено: { $count }
plugin-list-disabled = выключен после сбоев
plugin-origin-bundled = из программы
plugin-origin-file = из файла
plugin-origin-workspace = от коллеги
plugin-state-sound = можно установить
plugin-state-incomplete = ещё передаётся
plugin-state-damaged = повреждён
plugin-state-installed = установлен
plugin-by = Автор: { $author }
plugin-publisher = Ключ издателя: { $key }
plugin-publisher-none = Никем не подписан.
plugin-task-line = Задание { $task }: { $title }
plugin-need-yes = Может: { $need } ({ $capability })
plugin-need-no = Не может: { $need } ({ $capability })
plugin-need-none = Ничего не просит.
plugin-store-line = Хранит на этом устройстве: { $size }
plugin-replaces = Вместо версии { $version }.
plugin-asks = Просит разрешить:
plugin-asks-line = { $need } ({ $capability })
plugin-install-ask = Установить { $name } и разрешить это на этом устройстве?
plugin-install-ask-none = Установить { $name }?
plugin-pair-ask = Внимание: { $capabilities } вместе с языковой моделью позволяют отправить ответы отдельных людей владельцу модели. Разрешить и то и другое?
plugin-pair-left-out = Языковая модель рядом с личными данными не разрешена. Разрешить: `jospar plugin grant`.
plugin-installed = { $name } { $version } установлен.
plugin-removed = { $plugin } удалён с этого устройства вместе с разрешениями и результатами.
plugin-remove-ask = Удалить { $plugin } со всем, что он хранит на этом устройстве?
plugin-grant-ask = Разрешить плагину { $plugin } на этом устройстве: { $needs }?
plugin-grant-what = назовите разрешения или `--all`
plugin-enabled = { $plugin } снова может работать.
plugin-memory-line = На этом устройстве плагин может занять { $mebibytes } МиБ памяти.
plugin-memory-range = Плагину можно дать от { $min } до { $max } МиБ памяти, а не { $given }.
plugin-published = { $plugin } { $version } передан коллегам вместе с планом. Каждый решает за своё устройство: `jospar plugin install`.
plugin-setting-line = { $key }: { $value } ({ $title })
plugin-setting-none = У плагина нет настроек.
plugin-key-made = Ключ записан в { $path }: храните его и никому не давайте. Издатель: { $key }
plugin-signed = Файл { $path } подписан. Издатель: { $key }
plugin-packed = Упаковано: { $path } ({ $size })
plugin-built = Собрано: { $path }
plugin-new = Новый плагин в папке { $folder }. Попробуйте: `jospar plugin test`, затем `jospar plugin run`.
plugin-test-equal = { $name }: как ожидалось
plugin-test-written = { $name }: записано как ожидаемое, просмотрите
plugin-test-different = { $name }: получилось другое (`--write` примет это как ожидаемое)
plugin-test-failed = { $name }: { $reason }
plugin-run-kept = С прошлого запуска ничего не изменилось, это его результат. Запустить заново: `--again`.
plugin-run-denied = Без: { $capabilities } (не разрешено)
plugin-run-sealed = Документов с личными данными, которые это устройство открыть не может: { $count }; они не учтены.
plugin-run-nothing = Плагин не дал отчёта.
plugin-run-try = Запустить { $plugin } и разрешить на этот раз: { $needs }?
report-interval = интервал 95 %: от { $low } до { $high }
report-n = по { $n } значениям
report-method = метод: { $method }
report-source = источник: { $source }
report-hidden = скрыто
report-quotation = «{ $text }» ({ $source })
report-tone-info = К сведению
report-tone-good = Хорошо
report-tone-warning = Внимание
report-tone-critical = Нужно действовать
proposals-heading = Предложения (ничего не записано, пока вы не примете)
proposal-line = { $number }. { $title }
proposal-accepted = принято
proposal-model = написано языковой моделью, проверьте
proposal-accept-how = Принять: { $command }
proposal-set = { $path }: { $before } → { $after }
proposal-add = { $path }: новое: { $after }
proposal-remove = { $path }: удаляется: { $before }
proposal-changed = После запуска изменено: было { $then }, стало { $now }.
proposal-fault = Принять нельзя: { $reason }
proposal-more = и ещё { $count }
proposal-ask = Принять предложение { $number }?
proposal-ask-changed = Значения, которые будут перезаписаны, изменили другие. Всё равно принять предложение { $number }?
proposal-done = Предложение { $number } принято; изменений: { $count }.
history-with = с помощью { $note }
progress-plugin = Плагин работает
help-plugin = Плагины: посмотреть, установить, запустить, принять предложения, поделиться, написать
help-plugin-list = Показать плагины этого устройства и те, что предлагают коллеги
help-plugin-show = Показать плагин: задания, права, настройки, запуски
help-plugin-install = Установить плагин из файла или тот, что предлагает коллега
help-plugin-run = Запустить плагин и показать отчёт
help-plugin-accept = Показать предложение последнего запуска и принять его
help-plugin-grant = Разрешить плагину что-либо на этом устройстве
help-plugin-revoke = Забрать права плагина на этом устройстве
help-plugin-enable = Снова включить плагин, выключенный после сбоев
help-plugin-memory = Сказать, сколько памяти плагин может занять на этом устройстве, в МиБ
help-plugin-remove = Удалить плагин с этого устройства
help-plugin-settings = Показать настройки плагина или задать одну для школы
help-plugin-publish = Передать плагин коллегам вместе с планом
help-plugin-new = Начать новый плагин в своей папке
help-plugin-build = Собрать плагин в папке
help-plugin-test = Запустить примеры плагина и сравнить с ожидаемым
help-plugin-pack = Упаковать плагин из папки в один файл
help-plugin-keygen = Создать ключ для подписи плагинов
help-plugin-sign = Подписать файл плагина
help-arg-plugin = Имя плагина; его покажет `jospar plugin list`
help-arg-file-or-offer = Файл, папка или имя плагина, который предлагает коллега
help-arg-id-or-folder = Имя плагина, либо папка или файл плагина, который пишется
help-arg-task = Задание; если не назвать, первое у плагина
help-arg-run-file = Файл для этого запуска, например таблица ответов; можно повторить
help-arg-again = Запустить заново, даже если ничего не изменилось
help-arg-accept = После запуска принять предложение с этим номером
help-arg-proposal = Номер предложения в отчёте
help-arg-capabilities = О чём речь, например read:swot; список покажет `jospar plugin show`
help-arg-all = Всё, что просит плагин
help-arg-grant = Разрешить только это; можно повторить
help-arg-unsigned = Принять плагин без подписи
help-arg-downgrade = Принять старую версию вместо новой
help-arg-key = Настройка
help-arg-setting-value = Значение для всей школы
help-arg-reset = Вернуть значение автора плагина
help-arg-folder = Папка плагина
help-arg-into = Папка для нового файла; если не назвать, текущая
help-arg-name-of-plugin = Имя нового плагина, например kpi-report
help-arg-template = Язык, на котором он написан: python, js или rust
help-arg-write = Принять результат как ожидаемый
help-arg-key-file = Файл с ключом, созданным `jospar plugin keygen`

### Страница в браузере

web-group-basis = Основа
web-group-analysis = Анализ
web-group-action = Действия
web-group-people = Люди и обучение
web-group-school = Школа
web-group-safety = Порядок и безопасность
web-page-overview = Обзор
web-page-head = План и партнёры
web-page-needs = Проблемы и потребности
web-page-evidence = Доказательства
web-page-swot = SWOT-анализ
web-page-audit = Цифровой аудит
web-page-design = Дизайн-мышление и пилоты
web-page-surveys = Опросы
web-page-initiatives = Инициативы
web-page-kpis = Показатели KPI
web-page-risks = Риски
web-page-meetings = Встречи и решения
web-page-development = Профессиональное развитие
web-page-bulletins = Информационные бюллетени
web-page-lessons = Исследование урока (Lesson Study)
web-page-mentoring = Менторство и коучинг
web-page-map = Цифровая карта школы
web-page-antipatterns = Антипаттерны
web-page-ai = Применение ИИ
web-page-documents = Приказы и отчёты
web-page-support = Поддержка и ресурсы
web-page-discussion = Обсуждение
web-page-people = Имена людей
web-page-approvals = Утверждение
web-page-history = История
web-page-conflicts = Разногласия
web-page-devices = Люди и устройства
web-page-print = Печать
web-menu = Страницы плана
web-skip = К содержанию
web-way = Где вы находитесь
web-to-overview = К обзору
web-no-page = Такой страницы нет.
web-not-done = Не выполнено
web-save = Сохранить
web-saved = Сохранено на этом устройстве
web-saving = Сохраняется…
web-gone = jospar не отвечает. Написанное остаётся на странице; запустите jospar снова.
web-undo = Отменить моё последнее изменение
web-state-server = Всё есть на сервере.
web-state-sending = Отправляется на сервер.
web-state-offline = Сервер недоступен; он получит всё позже.
web-handle = { $name }: переместить (мышью или стрелками)
web-files-add = Выберите фото или файл либо перетащите его сюда
web-files-about = До 8 МиБ: JPEG, PNG, WebP, PDF, Word, Excel, PowerPoint, OpenDocument, текст. Из изображений убираются место и время съёмки и данные устройства.
web-file = Файлы
web-file-get = Скачать: { $name }
web-file-not-here = Файл ещё не дошёл до этого устройства целиком.
web-file-picture = Изображение: { $name }
web-file-of = Это дополнительный файл доказательства «{ $name }»
web-company-here = На этой странице:
web-company-elsewhere = На других страницах:
web-state-equal = { $name }: всё получено.
web-state-with = { $name }: на связи.
web-add = Добавить
web-add-unnamed = Добавить
web-add-label = Новая запись:
web-put-in = Внести
web-take-out = Убрать: { $name }
web-new-entry = Новая запись
web-value = Значение
web-move-up = Выше
web-move-down = Ниже
web-remove = Удалить
web-keep = Оставить
web-sealed = Закрыто для этого устройства
web-conflict = Два разных значения
web-conflict-values = Два человека одновременно записали здесь разные значения. Выберите верное:
web-findings = Что нашла проверка
web-findings-count = Требует внимания: { $count }
web-findings-more = И ещё { $count }, на страницах меню.
web-history-here = История этой страницы
web-history-of = История: { $place }
web-all-history = Вся история
web-last-changes = Последние изменения
web-and-more = и ещё { $count }
web-restore = Вернуть к этому состоянию
web-due = Сроки
web-due-none = Сроков нет.
web-late = просрочено
web-who = Кто на связи
web-approvals-intro = Оба партнёра подписывают текст в его нынешнем виде. Изменённый позже текст считается неутверждённым, пока его не подпишут снова.
web-whole-plan = Весь план
web-sign = Подписать этот текст
web-members = Участники
web-role = Роль
web-link = Ссылка
web-invite = Пригласить человека
web-invite-about = По ссылке одно устройство может попросить о подключении. Вы подтверждаете его здесь по четырём словам.
web-invite-address = Адрес этого компьютера в сети
web-invite-make = Создать ссылку
web-invite-ready = Приглашение готово
web-until = Действует до { $moment }
web-claim = Разместить план на сервере района
web-claim-about = С сервером коллегам не нужно быть в сети одновременно. Ссылку даёт район.
web-claim-do = Подключить
web-asks = { $name } просит о подключении ({ $role })
web-words-check = Сравните эти четыре слова с теми, что на другом экране, лично или по телефону. Подключайте устройство, только если они совпадают.
web-let-in = Слова совпадают: подключить
web-send-away = Отказать
web-shut-out = Отключить
web-shut-out-ask = Устройство больше не получит ничего нового, и его записи не принимаются. Отменить это нельзя: человека можно только пригласить заново.
web-backup = Резервная копия
web-backup-about = Файл со всем планом и его историей. Храните его на другом диске: кто им владеет, может прочесть план.
web-backup-do = Создать копию
web-progress = Выполнение
web-not-measured = ещё не измерено
web-swot-ife = Внутренние факторы (IFE): { $sum }; сумма весов: { $weight }.
web-swot-efe = Внешние факторы (EFE): { $sum }; сумма весов: { $weight }.
web-chain-write = Написать это звено цепочки
web-risk-matrix = Вероятность от 1 до 5 снизу вверх, влияние от 1 до 5 слева направо
web-print-do = Напечатать или сохранить PDF
web-print-about = На страницы текст делит браузер; его собственные колонтитулы можно выключить.
web-paper = Вид для печати и подписи
web-approval-code = Код подтверждает утверждение: jospar approval check
web-ai-not-accepted = Подготовлено с помощью ИИ и ещё не принято человеком
web-print-approved = УТВЕРЖДАЮ
web-print-date = «___» ____________ 20___ г.
web-welcome = Добро пожаловать в jospar
web-welcome-about = Здесь директор и учитель информатики вместе пишут план цифрового развития школы. Всё хранится на этом компьютере и работает без интернета.
web-begin-new = Начать новый план
web-begin-invited = Меня пригласили
web-invited-about = Вставьте ссылку, которую прислал директор.
web-school = Название школы
web-your-name = Ваше имя
web-begin-with = С чего начать
web-with-example = с плана-образца, который можно менять шаг за шагом
web-with-nothing = с пустого плана
web-begin = Начать
web-join = Попросить о подключении
web-at-the-door = Подключение к плану
web-entry-connecting = Соединение…
web-entry-waiting = Запрос получен. Его должен подтвердить директор.
web-entry-refused = Запрос отклонён.
web-words-tell = Это четыре слова этого устройства. Директор видит те же; сравните их лично или по телефону.
web-again = Попробовать снова
web-link-used = Эта ссылка уже использована. Выполните jospar open ещё раз: откроется новая.
web-quit = Закрыть jospar
web-quit-done = jospar закрыт, всё сохранено. Эту вкладку можно закрыть.
web-ways = Виды списка
web-way-list = Список
web-way-board = Доска
web-way-table = Таблица
web-board-none = Без состояния
web-export = Сохранить план файлом
web-export-about = В файле нет имён людей и закрытых данных.
web-export-docx = Документ Word: весь план
web-export-xlsx = Книга Excel: все таблицы
web-export-ics = Календарь: встречи и сроки
web-export-md = Текст Markdown
web-export-json = JSON: для программ и другого jospar
web-page-model = Языковая модель
web-model-about = Модель помогает писать проекты приказов и отчётов. Пока адрес не задан, никуда ничего не отправляется; и потом точный текст каждого запроса сначала видите вы. Ключ и настройки есть только на этом устройстве.
web-model-off = Сейчас выключена: плагины составляют проекты только по шаблонам.
web-model-field-url = Адрес
web-model-field-model = Имя модели
web-model-field-tokens-max = Токенов в одном ответе, не больше
web-model-field-tokens-month = Токенов в месяц, не больше
web-model-key = Ключ
web-model-key-about = Некоторые серверы требуют ключ. Он хранится в хранилище ключей компьютера и в план не попадает.
web-model-test = Проверить связь
web-model-forget = Забыть ключ
web-model-turn-off = Выключить модель
web-model-spent = Расход и очередь
web-model-waiting = Ждут сети
web-model-send = Отправить сейчас
web-model-ask = Разрешить отправку модели?
web-model-to = Кому
web-model-tokens = Токенов, не больше
web-model-names = Заменено имён
web-model-bytes = Отправится именно этот текст и ничего больше. Проверьте, не осталось ли имён, которых нет в списке, и того, по чему можно узнать человека.
web-model-yes = Отправить этот текст
web-model-without = Продолжить без модели
web-model-unread = Частей, написанных моделью и никем не принятых: { $count }. Пока их не прочтут, документ нельзя подписать.
web-model-read = Прочитано, принимаю
web-page-recovery = Лист восстановления
web-trust-one-director = ВНИМАНИЕ: школой управляет одно устройство, а листа восстановления нет. Если оно пропадёт, нельзя будет ни добавить, ни исключить устройство. Создайте лист здесь или назначьте заместителя.
web-page-aside = Отложенные изменения
web-page-files = Файлы
web-recovery-about = Если ноутбук директора потерян или сломан, 24 слова с этого листа сделают новое устройство устройством директора. Распечатайте лист и храните его в сейфе школы.
web-recovery-count = Действующих листов: { $count }
web-recovery-make = Создать новый лист
web-recovery-title = Лист восстановления
web-recovery-once = Эти слова показываются один раз. Пока вы не подтвердите, лист не действует.
web-recovery-kept = Лист распечатан или переписан
web-recovery-hold = Ввести лист в действие
web-aside-adopt = Внести в план от своего имени
web-aside-discard = Убрать из списка
web-aside-discard-ask = Эти изменения не попадут в план.
web-role-change = Изменить роль
web-stick = Перенос на флешке
web-stick-about = Если нет ни интернета, ни сервера, сохраните файл на флешку и добавьте его на этой странице на компьютере коллеги. Изменения обеих сторон объединятся, ничьё не потеряется.
web-stick-make = Сохранить файл для флешки
web-stick-take = Принять файл с флешки
web-stick-request = { $name } просит подключиться. Слова: { $words }. Откройте страницу «Люди и устройства».
web-plan-file = План из файла
web-plan-file-about = План из файла JSON программы jospar добавляется к этому плану. При ошибке ничего не меняется.
web-plan-file-take = Принять файл JSON
web-plan-file-done = Внесено записей: { $items }. Неизвестных или недостающих полей: { $notices }.
web-sheet = Лист для печати
web-page-calendar = Календарь
web-page-search = Поиск
web-search-label = Искать в плане
web-search-do = Найти
web-search-count = Найдено: { $count }
web-month = { $month } { $year } года
web-month-name-1 = январь
web-month-name-2 = февраль
web-month-name-3 = март
web-month-name-4 = апрель
web-month-name-5 = май
web-month-name-6 = июнь
web-month-name-7 = июль
web-month-name-8 = август
web-month-name-9 = сентябрь
web-month-name-10 = октябрь
web-month-name-11 = ноябрь
web-month-name-12 = декабрь
web-late-all = Просрочено
web-news = Изменено другими с вашего последнего просмотра: { $count }
web-news-seen = Просмотрено
web-figures = Показатели партнёрства
web-figures-about = Плановость, ритм встреч, решения с доказательствами, роли и результаты в одном отчёте.
web-figures-open = Открыть показатели
web-discuss = Обсуждение (открыто: { $count })
web-discuss-new = Написать. Чтобы позвать человека, напишите @Имя
web-discuss-say = Отправить
web-discuss-answer = Ответ
web-discuss-done = Решено
web-discuss-reopen = Открыть снова
web-discussed = Обсуждается
web-discuss-you = вас зовут
web-page-plugins = Плагины
web-plugins-intro = Плагины считают, анализируют и готовят проекты документов. Сами они в план ничего не пишут: они предлагают, а принимаете вы.
web-plugin-add = Добавить плагин
web-plugin-add-about = Выберите файл или перетащите его сюда. До установки вы увидите, чего плагин просит.
web-plugin-file = Файл плагина (.wasm, .js, .py)
web-plugin-look = Посмотреть
web-plugin-unsigned = Этот плагин никем не подписан: его мог изменить кто угодно.
web-plugin-unsigned-yes = Я знаю, откуда он
web-plugin-install = Установить
web-plugin-no = Не устанавливать
web-plugin-enable = Разрешить снова
web-plugin-memory = Сколько памяти может занять, МиБ
web-plugin-not-run = На этом устройстве ещё не запускался.
web-plugin-rights = Что ему можно
web-plugin-settings = Настройки
web-plugin-settings-about = Настройки общие для всей школы.
web-plugin-about = О плагине
web-plugin-tasks = Задачи плагина
web-plugin-run = Рассчитать
web-plugin-again = Рассчитать заново
web-plugin-with-file = Рассчитать с файлом (CSV, XLSX)
web-proposal-overwrites = После расчёта часть значений изменили. Если принять, они будут заменены.
web-proposal-accept = Принять
web-plugin-granted = разрешено
web-plugin-denied = не разрешено
web-plugin-take-back = Отозвать
web-plugin-allow = Разрешить
web-plugin-shared = Предложен коллегам.
web-plugin-share = Предложить коллегам
web-plugin-remove = Убрать с этого устройства
web-plugin-beside = Расчёт и анализ
web-plugin-open = Открыть отчёт и предложения
web-chart-numbers = Числа
open-running = План открыт в браузере. Чтобы закончить, нажмите Ctrl+C.
open-joined = jospar уже запущен; план открыт в браузере.
open-link = Откройте эту ссылку в браузере; она действует один раз: { $link }
open-press-enter = Чтобы закрыть это окно, нажмите Enter.

### Языковая модель

llm-label = Текст ИИ
llm-phase-connect = соединение
llm-phase-first = ожидание первого слова
llm-phase-idle = ожидание следующего слова
llm-phase-total = ожидание всего ответа
llm-finding-number = Числа нет в источниках: { $text }
llm-finding-year = Года нет в источниках: { $text }
llm-finding-day = Дня нет в источниках: { $text }
llm-finding-name = Имени или названия нет в источниках: { $text }
llm-finding-link = Ссылки нет в источниках: { $text }
llm-finding-placeholder = Знак, за которым никто не стоит: { $text }
error-llm-off = Языковая модель не подключена. Если она нужна, укажите её адрес в настройках.
error-llm-url = Это не адрес модели: { $url }. Напишите, например, http://127.0.0.1:11434.
error-llm-not-private = { $host } вне сети школы, ничего не отправлено. Укажите адрес с шифрованием (https) или модель на этом компьютере.
error-llm-setting = Настройка { $setting } должна быть от { $low } до { $high }.
error-llm-key-form = Это не ключ: в нём есть пробел или посторонний знак. Скопируйте ключ ещё раз.
error-llm-template = Такого шаблона нет: { $template }. Обновите плагин.
error-llm-block = Плагин неверно назвал данные: { $block }. Сообщите автору плагина.
error-llm-data = Данных слишком много: { $size }, предел – { $limit }. Выберите меньшую часть.
error-llm-budget = Месячного предела не хватает: из { $limit } токенов потрачено { $used }, этому запросу нужно { $needed }. Подождите следующего месяца или поднимите предел в настройках.
error-llm-queue-full = Очередь полна: ждут { $limit } запросов. Удалите лишние или отправьте их.
error-llm-outdated = После показа запроса изменились настройки или текст, ничего не отправлено. Просмотрите запрос ещё раз и подтвердите.
error-llm-unreachable = { $host } не отвечает. Проверьте, запущена ли модель и есть ли сеть. Запрос можно поставить в очередь.
error-llm-untrusted = Этот компьютер не доверяет сертификату { $host }, ничего не отправлено. Проверьте адрес и дату на компьютере.
error-llm-redirected = Сервер направляет в другое место: { $to }. Туда ничего не отправлено. Если это верно, запишите тот адрес в настройки.
error-llm-timed-out = Время вышло: { $phase }, секунд: { $seconds }. Повторите позже или увеличьте время в настройках.
error-llm-cancelled = Остановлено. В плане ничего не изменилось.
error-llm-key-refused = Сервер не принял ключ ({ $status }). Проверьте, верен ли ключ и не истёк ли он.
error-llm-busy = Сервер занят. Повторите через столько секунд: { $seconds }, или поставьте запрос в очередь.
error-llm-failing = Сервер модели дал сбой ({ $status }). Перезапустите его или повторите позже.
error-llm-rejected = Сервер не принял запрос ({ $status }): { $said }. Проверьте название модели и настройки.
error-llm-cut = Ответ оборвался (байт: { $bytes }) и не сохранён. Повторите.
error-llm-nonsense = По этому адресу ответила не языковая модель: { $content }. Проверьте адрес в настройках.
error-llm-too-large = Ответ слишком велик, предел – { $limit } байт. Он не сохранён. Сократите запрос.
error-llm-empty = Модель не написала текста. Повторите или выберите другую модель.
error-llm-not-accepted = Текст ИИ никто не принял, поэтому подписать его нельзя. Прочитайте и примите его или удалите.
error-llm-exposed = Файл могут читать и другие: { $path }. Оставьте права только себе (chmod 600). Если в нём ключ, смените его.
error-llm-damaged = Файл повреждён: { $path }. Удалите его и настройте модель заново. План цел.
error-llm-file = { $path }: файл не открылся или не записался ({ $reason }). Проверьте диск и права.
error-llm-keyring = Хранилище ключей компьютера отказало: { $reason }. Откройте его и повторите.
progress-model = Языковая модель отвечает
model-is-off = Языковая модель не подключена. Подключить: `jospar model set --url АДРЕС`.
model-is-on = Языковая модель: { $url }, { $model }
model-key-keyring = Ключ лежит в хранилище ключей компьютера.
model-key-file = Ключ лежит в папке ключей устройства, читать его можете только вы: хранилища ключей на этом компьютере нет.
model-key-none = Ключа нет.
model-key-forgotten = Ключ удалён.
model-key-ask = Введите ключ и нажмите Enter. Он будет виден на экране; иначе: `jospar model key < ФАЙЛ`.
model-off = Языковая модель отключена. Настройки и ответы сохранены.
model-spent = Токенов за этот месяц: { $used }, предел: { $limit }.
model-counts = В очереди запросов: { $waiting }. Сохранено ответов: { $answers }.
model-answers = { $host } отвечает.
model-queue-empty = Очередь пуста.
model-queue-line = { $number }. { $time }, { $host }: { $purpose }
model-queue-unknown = В очереди нет запроса { $number }. Список: `jospar model queue`.
model-queue-removed = Запрос убран из очереди.
model-sent = Пришло ответов: { $count }.
model-answers-none = Ответов пока нет.
model-answer-line = { $number }. { $time }, { $model }, { $state }, нет в источниках: { $findings }. { $text }
model-state-accepted = принят
model-state-draft = проект, никем не принят
model-answer-about = Ответ { $number }, { $model }, { $time }. Зачем: { $purpose }. Источники: { $sources }. Хеш запроса: { $hash }
model-truncated = У ответа нет конца: достигнут предел.
model-ask-accept = Вы прочитали текст и принимаете его?
model-accepted-answer = Ответ { $number } принят.
model-nothing-unread = Непринятых текстов ИИ здесь нет.
model-accepted = Принято текстов: { $count }.
model-ask-decline = Удалить ответ { $number }?
model-declined = Ответ { $number } удалён.
model-read-first = Текст ИИ надо сначала прочитать: заранее данное согласие не подходит. Повторите в терминале или укажите хеш прочитанного: --read { $hash }
model-about = Запрос к языковой модели: { $purpose }
    Куда: { $host }, { $model }. Токенов не больше { $tokens }. Заменено имён и контактов: { $names }.
model-bytes = Будут отправлены именно эти байты (кроме ключа):
model-hash = Хеш запроса: { $hash }
model-ask-send = Поищите имена не из списка и тех, кого можно узнать. Отправить?
model-ask-wait = Поставить запрос в очередь?
model-needs-consent = Плагин обращается к языковой модели ({ $host }, { $model }; токенов не больше { $tokens }; заменено имён: { $names }), а спросить согласия негде: нет терминала. Ничего не отправлено. Прочитайте запрос и, если согласны, повторите с --send { $hash }
model-refused = Человек не согласился отправить запрос.
model-waits = Запрос ждёт в очереди: `jospar model send`, потом запустите плагин ещё раз.
model-answer-unknown = Ответа { $number } нет. Список: `jospar model answers`.
model-no-paper = { $path } не ведёт к документу. Например: documents/doc1.
model-run-answer = Текст ИИ: { $model }, ответ { $number } (`jospar model answers { $number }`)
proposal-unread = Текст, который написал ИИ, уже в плане, но его ещё никто не принял: `jospar model accept`.
help-file = Фото и файлы доказательств
help-file-add = Добавить файл к доказательству; место съёмки убирается
help-file-list = Показать доказательства с файлами
help-file-get = Записать файл на диск
help-arg-evidence = К какому доказательству: evidence/ID; без этого создаётся новое
help-arg-what-file = Хеш файла или evidence/ID
help-model = Языковая модель: настройки, очередь, ответы, принятие
help-model-show = Показать, как подключена языковая модель
help-model-set = Задать адрес и пределы языковой модели
help-model-key = Прочитать ключ со стандартного ввода и сохранить
help-model-forget-key = Удалить ключ
help-model-off = Отключить языковую модель
help-model-test = Проверить, отвечает ли модель; из плана ничего не отправляется
help-model-queue = Показать запросы, которые ждут
help-model-send = Отправить запросы, которые ждут
help-model-answers = Показать ответы модели
help-model-accept = Прочитать и принять ответ или текст ИИ в документе
help-model-decline = Удалить ответ
help-model-spent = Показать, сколько токенов потрачено за месяц
help-arg-url = Адрес модели, например http://127.0.0.1:11434
help-arg-model-name = Название модели по этому адресу
help-arg-tokens-max = Наибольшее число токенов в одном ответе
help-arg-tokens-month = Наибольшее число токенов за месяц
help-arg-first-byte-ms = Сколько ждать первого слова
help-arg-idle-ms = Сколько ждать следующего слова
help-arg-total-ms = Сколько ждать всего ответа
help-arg-attempts = Сколько раз пробовать, пока нет первого слова
help-arg-stream = Приходит ли ответ слово за словом
help-arg-system-role = Знает ли модель роль `system`
help-arg-remove = Убрать из очереди запрос с этим номером
help-arg-answer = Номер ответа
help-arg-answer-or-place = Номер ответа или место документа, например documents/doc1
help-arg-into-paper = Документ, в который ответ войдёт абзацем, например documents/doc1
help-arg-read = Хеш текста, прочитанного раньше
help-arg-send = Хеш запроса, который уже видели и можно отправить; можно повторять
## Files to read and print.

export-contents = содержание
export-score = балл
export-progress = выполнение
export-swot-totals = Взвешенная оценка: внутренние факторы – { $internal }, внешние факторы – { $external } (от 1 до 4, среднее – 2,5).
export-ai-label = Подготовлено с помощью ИИ; проверяет и утверждает человек
paper-role-organisation = название организации
paper-role-heading = заголовок
paper-role-number-date = номер и дата
paper-role-subject = предмет
paper-role-preamble = преамбула
paper-role-item = пункт
paper-role-control = контроль
paper-role-signature = подпись
paper-role-paragraph = абзац
export-ai-accepted = Подготовлено с помощью ИИ; принято: { $person }
export-feedback = лист обратной связи
export-feedback-skill = умение
export-feedback-can = что получается
export-feedback-practise = что отработать
export-feedback-next = следующий шаг
export-part-design-thinking = циклы дизайн-мышления
export-part-lesson-studies = исследования урока (Lesson Study)
export-part-documents = приказы и отчёты
export-part-surveys = опросы

### Two dates compared

compare-heading = { $from } – { $to }, изменений: { $count }.
compare-none = Между этими днями ничего не изменилось.
compare-added = добавлено
compare-removed = убрано
compare-changed = изменено
compare-moved = переставлено
compare-more = Есть ещё { $count }. Сравните одну часть плана.
compare-now = сейчас
error-dates-backwards = Первая дата позже второй. Поменяйте их местами.
help-arg-from-day = Показать, что изменилось начиная с этого дня: ГГГГ-ММ-ДД
help-arg-to-day = До конца этого дня; если не указано, до настоящего момента
web-compare = Сравнить две даты
web-compare-about = Что добавлено, убрано и изменено между этими днями, включая оба дня.
web-compare-from = С
web-compare-to = По
web-compare-do = Сравнить
web-compare-of = { $from } – { $to }

### The next year

error-year-unknown = Прошлого года { $year } нет. Список: `jospar years`.
error-year-begun = Год { $year } уже закончен: следующий начат.
error-year-days = Даты следующего года неверны: он должен начаться позже нынешнего и закончиться позже своего начала.
error-year-not-newest = После года { $year } начат ещё один. Сначала отмените тот.
year-why-open = не закончено
year-why-basis = основа следующего года
year-why-reached = цель достигнута, нужна новая
year-why-done = закончено
year-why-past = относится к завершаемому году
year-rule-initiatives = Срок, который наступает до начала следующего года, стирается: назначьте новый. Отметки об ознакомлении ставятся заново. Бюджет и расходы остаются.
year-rule-kpis = Последнее значение становится новым исходным; измерения остаются в прошлом году. Цель не меняется.
year-rule-risks = Выполненные меры остаются в прошлом году. Если перенести риск, все меры которого выполнены, его остаточная оценка станет новой.
year-rule-problems = Проблема, все инициативы которой завершены, считается решённой.
year-rule-meetings = Остаются встречи, на которых есть невыполненные решения.
year-rule-documents = Подписанные, утверждённые и сданные в архив документы остаются в прошлом году, проекты переходят.
year-rule-surveys = Вопросы понадобятся и в следующем году; ответы хранятся со своей датой.
year-rule-journals = Записи за год: переносятся целиком или целиком остаются в прошлом году.
year-rule-audit = Уровни аудита остаются: с них начинается следующий год. Достигнутая цель стирается.
year-rule-map = На карте будущее объекта, все инициативы которого завершены, становится его настоящим; остальное не меняется.
year-rule-stays = Партнёры с их ролями, потребности, доказательства, SWOT, информирование, наставничество, инструменты и ресурсы остаются как есть. Обновляются годы в названии и период.
year-rule-sealed = Ответы на опросы, результаты учеников и личные рефлексии не затрагиваются. Люди, устройства и права не меняются.
web-page-years = Годы
web-years-about = План прошлого года сохраняется таким, каким был: его можно читать, печатать и сравнивать с нынешним, но не менять.
web-years-none = Пока нет ни одного завершённого года.
web-year-current = Текущий план
web-year-next = Начать следующий год
web-year-next-about = Отмеченное переходит в следующий год, остальное остаётся в этом и не теряется. Начинает год только один из партнёров.
web-year-journals = Записи за год
web-year-rest = Остальное
web-year-begin = Начать год
web-year-read = Весь план
web-year-plan = План за { $year }
web-year-closed = следующий год начат { $day }
web-year-then = тогда
web-year-now = сейчас
web-year-new-baseline = новое исходное значение
web-year-what = Что
web-year-left = осталось в прошлом году
web-ife = Внутренние факторы (IFE)
web-efe = Внешние факторы (EFE)
web-year-changes = Что изменилось с тех пор
web-year-back = Отменить начало года
web-year-back-about = План снова станет таким, каким был в конце прошлого года. Написанное с тех пор уйдёт из плана, но останется в истории.
help-next-year = Начать следующий год
help-years = Показать прошлые годы, один из них рядом с нынешним планом или что стояло в нём
help-arg-start = Первый день года: ГГГГ-ММ-ДД
help-arg-end = Последний день года: ГГГГ-ММ-ДД
help-arg-leave = Оставить в прошлом году: путь, например risks/rk1
help-arg-carry = Перенести в следующий год, даже если закончено
help-arg-preview = Только показать, ничего не менять
help-arg-list = Файл – таблица CSV или XLSX: её строки добавляются в этот список, например risks
help-arg-map = Что стоит в столбце: название или номер столбца и название поля; без поля столбец не берётся
help-arg-back = Отменить начало последнего года
help-arg-year = Год, например 2026-2027
year-offer = Следующий год: { $start } – { $end }. «+» переходит, «-» остаётся в прошлом году.
year-ask = Начать следующий год?
year-back-ask = Отменить завершение года { $year }? Написанное с тех пор уйдёт из плана.
year-begun = Новый год начат. Прошлый: `jospar years { $year }`.
year-taken-back = План снова за { $year }.
year-line = { $title }: { $then } → { $now }
error-year-nothing-back = Нет года, начало которого можно отменить.
error-year-path = { $path } нет среди предложенного. Список: `jospar next-year --preview`.

### Surveys on paper and in forms

survey-group = Группа
survey-comment = Комментарий
survey-paper-how = По каждому утверждению отметьте один ответ. Не указывайте имя.
survey-google-how = Откройте новый проект на script.google.com, вставьте этот файл целиком и запустите функцию makeForm.
    Ссылка на форму появится в журнале. Таблицу ответов сохраните как CSV и внесите в jospar.
survey-heads-groups = роль|группа|должность|категория
survey-heads-comments = комментарий|комментарии|отзыв|пожелание|пожелания
error-answers-there = Все эти ответы ({ $count }) уже есть в плане и второй раз не добавляются. Если так же ответили другие люди, внесите файл на странице «Опросы», поставив отметку.
error-answers-many = За раз можно внести до { $limit } ответов.
error-draft-large = Введённых ответов накопилось слишком много. Внесите их в план, затем продолжайте ввод.
error-answer = На { $item } нет ответа «{ $value }».
web-survey-no-host = jospar не размещает открытых форм в интернете. Напечатайте вопросы на бумаге или перенесите их в LimeSurvey либо Google Forms, а ответы внесите обратно сюда.
web-survey-rows = В плане ответов: { $rows }, внесены партиями: { $batches }.
web-survey-edit = Изменить вопросы
web-survey-paper = На бумаге
web-survey-who = Кто отвечает
web-survey-language = Язык
web-survey-open = Открыть бланк
web-survey-elsewhere = В другую программу
web-survey-elsewhere-about = В файле для LimeSurvey есть все языки опроса: «Создать опрос», «Импорт». Скрипт для Google создаёт форму на script.google.com.
web-survey-where = Куда
web-survey-format-limesurvey = LimeSurvey (файл .txt)
web-survey-format-google = Google Forms (скрипт .gs)
web-survey-format-md = Текст (.md)
web-survey-save = Получить файл
web-survey-type = Ввести ответы с бумаги
web-survey-type-about = Вводите по одному, в конце сохраняете всё вперемешку: не видно, кто и когда ответил.
web-survey-type-do = Начать ввод
web-survey-type-how = Введите число и нажмите Tab; если ответа нет, оставьте пустым. Enter добавляет ответ.
web-survey-row = Бланк { $number }
web-survey-row-add = Добавить и перейти к следующему
web-survey-typed = Введено: { $count }. Они хранятся на этом устройстве в зашифрованном виде, в плане их ещё нет.
web-survey-typed-save = Сохранить всё в план
web-survey-typed-undo = Убрать последний
web-survey-typed-go = Продолжить ввод или внести в план
web-survey-typed-lost = Введённые раньше и не внесённые в план ответы больше не открываются: их ключа на этом компьютере нет. Введите их с бумаги снова.
web-survey-date = Дата сбора
web-survey-file = Внести из файла
web-survey-file-about = Google Forms, LimeSurvey или своя таблица: CSV или XLSX. Прежде чем что-либо добавится, вы увидите и поправите столбцы.
web-survey-file-take = Выберите файл с ответами
web-survey-back = К опросу
web-survey-link = Бланк, ответы
web-import-source = { $encoding }, разделитель { $delimiter }
web-import-lines = строк: { $count }
web-import-columns = Столбцы файла
web-import-column = Столбец
web-import-use = Как берётся
web-import-line = строка { $line }
web-import-nothing = не берётся
web-import-again = Добавить и те ответы, что уже есть: так же ответили другие люди
web-import-check = Проверить снова
web-import-result = Что получится
web-import-no-items = Ни один столбец не подошёл к вопросам. Выберите столбцы выше.
web-import-added = Добавится ответов: { $count }.
web-import-there = Уже есть в плане: { $count }.
web-import-empty = Пустых строк: { $count }.
web-import-groups = Групп больше { $limit }: такой столбец выдаёт отвечавших и поэтому не берётся.
web-import-refused = Строк, которые не берутся: { $count }.
web-import-wrong = строка { $line }, { $item }: на шкале нет ответа «{ $cell }»
web-import-stripped = Столбцы, которые не берутся (имя, почта, время), остаются в файле; порядок строк перемешивается.
web-import-do = Добавить ответы: { $count }
help-survey = Опрос: выгрузить бланк
help-survey-form = Записать бланк опроса для LimeSurvey, Google Forms или бумаги
help-arg-survey = Код опроса, например sv1
help-arg-form-format = limesurvey, google или md
help-arg-form-role = Кто отвечает: teacher, student, parent, administration

### Tables that people give

table-file-too-large = Файл слишком велик: { $bytes } байт при пределе { $limit }.
table-empty = В файле нет ни одной строки.
table-not-text = В строке { $line } не текст. Сохраните файл заново как CSV (UTF-8) или XLSX.
table-unclosed-quote = Кавычка, открытая в строке { $line }, не закрыта.
table-text-after-quote = В строке { $line } после закрывающей кавычки стоит текст.
table-too-wide = В строке { $line } ячеек { $cells }, а столбцов { $heads }.
table-too-many-rows = Слишком много строк, предел { $limit }. Разделите файл.
table-too-many-columns = В строке { $line } слишком много столбцов, предел { $limit }.
table-too-many-cells = Слишком много ячеек, предел { $limit }. Разделите файл.
table-cell-too-long = Ячейка в строке { $line } слишком длинна, предел { $limit } байт. Проверьте, закрыты ли кавычки.
table-old-workbook = Это книга старого вида (XLS) или с паролем. Сохраните её без пароля как XLSX или CSV.
table-unpacks-too-large = Распакованный файл больше допустимого ({ $limit } байт).
table-damaged = Книга повреждена, или это не XLSX. Попробуйте сохранить её заново.

### Proof on paper, the auditor's page

web-page-auditor = Страница аудитора
web-auditor-about = Это всё, что видит аудитор района: утверждения и числа. Здесь нет ни людей, ни текста плана.
web-auditor-publish = Опубликовать для аудитора
web-auditor-made = Составлено: { $when }
web-auditor-parts = Части плана
web-auditor-part = Часть
web-auditor-items = Количество
web-auditor-changed = Последнее изменение
web-approval-signed = Подписей под этим текстом: { $count }.
web-approval-code-page = Или проверьте на странице «Утверждение».
web-approval-earlier = Утверждённый текст с тех пор изменён: на этой странице нет кода утверждения.
web-check = Проверить код с бумаги
web-check-about = Считайте QR-код телефоном и вставьте его текст сюда. Интернет не нужен.
web-check-code = Текст кода
web-check-do = Проверить

### Ways back to a plan

web-rescue = План уже есть?
web-rescue-about = Прежний план можно вернуть из резервной копии или по листу восстановления из сейфа.
web-restore-backup = Восстановить из резервной копии
web-restore-about = Копия проверяется, jospar останавливается и открывается заново. Изменения, сделанные после копии, придут с других устройств.
web-restore-other = Планом занята другая программа (`jospar node`). Остановите её и воспользуйтесь командой `jospar restore`.
web-restore-found = Найденные копии, новейшая первой
web-restore-path = Путь к другой копии
web-restore-sure = Заменить нынешний план этой копией. Он не удаляется, а откладывается в сторону.
web-restore-do = Восстановить
web-restore-under-way = Восстановление идёт. Затем само откроется новое окно; это можно закрыть.
web-recover = Войти по листу восстановления
web-recover-about = Если устройство директора потеряно, 24 слова листа сделают это устройство директорским, а потерянное будет закрыто.
web-recover-file = 1. Файл плана
web-recover-file-about = Попросите коллегу сделать на своём устройстве файл для флешки на странице «Файлы».
web-recover-file-here = Файл получен: { $name }
web-recover-words = 24 слова листа по порядку
web-recover-lost = Потерянное устройство: имя или слова (если директорских устройств несколько)
web-recover-do = Войти
web-restore-done = Восстановлено из { $path }: документов { $documents }, изменений { $changes }. Прежние данные отложены в сторону.

### Charts in documents

export-chart-swot = Вклад каждой группы в итог
export-chart-audit = Уровни показателей
export-chart-now = сейчас
export-chart-proven = сейчас, с доказательством

### Tables for lists of the plan

web-table = Добавить из таблицы
web-table-about = CSV или XLSX с названиями столбцов в первой строке. Прежде чем что-либо добавится, вы всё увидите и поправите.
web-table-take = Выберите файл
web-table-of = Из таблицы: { $list }
web-table-added = Добавится: { $count }.
web-table-there = Уже есть в списке под тем же названием: { $count }, они не добавляются.
web-table-wrong = строка { $line }, { $field }: «{ $cell }» не подходит
web-table-do = Добавить: { $count }
error-table-many = За раз можно добавить до { $limit } строк. Разделите файл.
error-table-list = В { $list } нельзя добавить из таблицы. Части плана показывает `jospar show`.
error-table-column = В таблице нет столбца { $column }. Есть столбцы: { $known }.
error-table-field = В этом списке нет поля { $field }. Есть поля: { $known }.
table-column = { $head } → { $field }
table-column-none = { $head }: не берётся
table-ask = Добавить, количество: { $count }?
table-done = Добавлено: { $count }.
error-upload-large = Файл слишком большой: не больше { $limit } МиБ.

## A thing without a name: what it is.
web-untitled = { $kind } без названия
web-block-organisation = название организации
web-block-heading = название документа
web-block-number-date = номер и дата
web-block-subject = тема
web-block-preamble = преамбула
web-block-item = пункт
web-block-paragraph = абзац
web-block-control = контроль
web-block-signature = подпись
web-pairwise-groups = части SWOT между собой
thing-adaptation = адаптация
thing-advice = совет
thing-agenda-item = пункт повестки
thing-ai-run = запуск ИИ
thing-ai-use = применение ИИ
thing-antipattern = антипаттерн
thing-approval = утверждение
thing-area = направление аудита
thing-benefit = польза
thing-block = часть документа
thing-bulletin = информационный бюллетень
thing-case = случай
thing-case-criterion = критерий
thing-case-option = вариант
thing-change-dimension = направление изменений
thing-claim = вывод
thing-coaching = коучинг
thing-coaching-goal = цель коучинга
thing-correction = корректировка
thing-decision = решение
thing-decision-option = вариант решения
thing-design-cycle = цикл дизайн-мышления
thing-development-event = мероприятие по развитию
thing-difficulty = трудность
thing-duty = обязанность
thing-evidence = доказательство
thing-exchange = обмен
thing-factor = фактор SWOT
thing-figure = показатель
thing-grant = грант
thing-group = группа
thing-help-request = просьба о помощи
thing-history-example = запись истории
thing-idea = идея
thing-indicator = индикатор
thing-initiative = инициатива
thing-input = данные
thing-kpi = показатель KPI
thing-layer = слой карты
thing-learner-results = результаты учащегося
thing-lesson-study = исследование урока
thing-level = уровень
thing-maintenance = обслуживание
thing-marks = оценки
thing-measurement = измерение
thing-meeting = встреча
thing-mentor-goal = цель наставничества
thing-mentor-pair = пара наставничества
thing-mentor-session = встреча наставничества
thing-mitigation = мера по снижению риска
thing-need = потребность
thing-node = место на карте
thing-node-link = связь на карте
thing-outcome = ожидаемый результат
thing-paper = документ
thing-partner = партнёр
thing-passport-line = строка паспорта
thing-person = человек
thing-pilot = пилотный проект
thing-plugin-entry = плагин
thing-private-reflection = личная рефлексия
thing-problem = проблема
thing-reflection = рефлексия
thing-reply = ответ
thing-resource = ресурс
thing-risk = риск
thing-role = роль
thing-scale = шкала
thing-scale-point = отметка на шкале
thing-skill = навык
thing-sponsor = спонсор
thing-stage-attendance = участие в этапе
thing-step = шаг
thing-strategy = стратегия
thing-survey = опрос
thing-survey-item = вопрос опроса
thing-survey-row = ответы одного человека
thing-survey-rows = ответы
thing-test-result = результат теста
thing-thanks = благодарность
thing-thread = обсуждение
thing-ticket = заявка о неисправности
thing-time-entry = запись о времени
thing-time-grant = выделенное время
thing-tool = инструмент
