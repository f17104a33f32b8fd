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
role-about-auditor = читает только открытые ему документы
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
synced-all = Синхронизировано: план одинаков на всех устройствах.
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
refused-malformed = Данные повреждены или записаны не программой jospar.
refused-actor = Изменения этого устройства пришли не по порядку. Возможно, папку данных скопировали.
refused-newer-version = Изменение сделано в новой версии jospar. Обновите программу.
refused-unknown-workspace = План вашей школы здесь не хранится.
refused-protocol = Ответ другой стороны непонятен, связь прервана.
refused-too-much = Другая сторона превысила допустимый объём, связь прервана.
refused-invite = Приглашение недействительно.
refused-store = Другая сторона не смогла записать данные на диск.
quarantine-revoked = Сделано после того, как устройство исключили из школы.
quarantine-semantic = Изменение не подходит к документу: оно пишет туда, чего нет, или повреждено.
quarantine-dependency = Опирается на другое отложенное изменение.
quarantine-equivocation = Одно устройство сделало под одним номером два разных изменения. Возможно, папку данных скопировали.
quarantine-unsupported = Эта версия программы не умеет показывать такое изменение. Обновите её.

### Ошибки: что случилось и что делать

error-not-a-workspace = В папке { $folder } нет плана школы. Чтобы начать новый план, выполните `jospar init`, чтобы присоединиться к готовому — `jospar join`.
error-already-a-workspace = В папке { $folder } уже есть план школы. Работайте с ним или укажите другую папку через --data.
error-in-use = Папку { $folder } держит открытой другая программа. Закройте её и повторите команду.
error-store-damaged = Данные в папке { $folder } повреждены. Проверьте их командой `jospar doctor` и восстановите из резервной копии (`jospar restore`). Данные на других устройствах целы.
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
error-invite-other-school = Приглашение другой школы, а в папке { $folder } лежит план вашей. Укажите пустую папку через --data.
error-invites-too-many = Открыто слишком много приглашений: { $count }. Используйте одно из них или дождитесь, когда истечёт срок.
error-server-key = Ключ сервера по адресу { $address } не тот, что ожидался, поэтому связь не установлена. Проверьте адрес и обратитесь к специалисту района. Данные не отправлены.
error-server-unreachable = Сервер { $address } не отвечает. Проверьте интернет и адрес. Всё написанное сохранено на этом устройстве и уйдёт само, когда появится связь.
error-server-unknown-school = На сервере { $address } эта школа не зарегистрирована. Возьмите ссылку регистрации у специалиста района.
error-server-quota = На сервере закончилось место, отведённое школе. Попросите специалиста района увеличить его. Всё написанное сохранено на этом устройстве.
error-server-store = Сервер не смог записать данные на диск. Сообщите специалисту района. Всё написанное сохранено на этом устройстве.
error-server-not-set = Сервер не указан. Передайте ссылку регистрации через `jospar sync --server` или пользуйтесь флешкой: `jospar bundle`.
error-claim-used = Эта ссылка регистрации уже использована. Попросите у специалиста района новую.
error-address = { $text } — не адрес сервера. Укажите имя и порт, например: jospar.example.kz:4443.
error-port-in-use = Порт { $address } занят другой программой. Выберите другой порт или остановите её.
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
error-path-not-found = Место { $path } не найдено. Посмотреть, что есть: `jospar show`.
error-path-unreadable = { $path } не указывает места. Напишите, например: initiatives/in1/due.
error-document-not-found = Документа { $name } нет. Список: `jospar show`.
error-document-ambiguous = Так называется несколько документов ({ $count }): { $name }. Добавьте номер; список: `jospar show`.
error-kind-unknown = Вида документа { $name } нет. Список видов: `jospar show`.
error-field-unknown = В месте { $path } нет поля { $field }. Здесь есть: { $known }.
error-wrong-command = Поле { $path } изменяется иначе. Используйте команду { $command }.
error-value-date = { $value } — не дата. Напишите так: 2026-11-23.
error-value-number = { $value } — не число. Напишите, например: 12 или 0.5.
error-value-flag = Вместо { $value } напишите true или false.
error-value-choice = { $value } не подходит. Выберите одно из: { $choices }.
error-value-text = В поле { $path } пишется текст.
error-value-record = Запись не прочитана: { $reason }. Передайте её в виде JSON, например: '{ "{" }"title": "…"{ "}" }'.
error-text-too-long = Текст слишком длинный: знаков { $count }, предел { $limit }. Сократите или разделите его.
error-item-exists = Запись { $id } уже есть. Выберите другое обозначение.
error-item-id = { $id } не годится как обозначение. Используйте только латинские буквы, цифры и дефис.
error-document-read-only = Этот документ создан новой версией jospar, здесь его можно только читать. Обновите программу.
error-document-damaged = Часть документа повреждена: { $path }. Проверьте командой `jospar doctor`.
error-change-too-large = Изменение слишком велико для одного раза. Внесите его по частям.
error-no-editor = Не задан текстовый редактор. Укажите его в переменной EDITOR или передайте текст в команде.
error-editor-failed = Редактор { $editor } закрылся с ошибкой, ничего не изменено.
error-plan-json = Файл { $path } не прочитан: строка { $line }, знак { $column }. Исправьте это место и повторите.
error-not-a-plan = В файле { $path } нет плана развития. Выберите файл, созданный командой `jospar export`.
error-plan-too-large = Файл слишком большой: { $size }, предел { $limit }.
error-nothing-to-undo = Отменять нечего: на этом устройстве в последнее время ничего не меняли.
error-no-conflict = В месте { $path } нет противоречия. Посмотреть все: `jospar conflicts`.
error-conflict-choice = Варианта { $number } нет. Выберите число от 1 до { $count }.
error-backup-manifest = { $path } отсутствует или это не резервная копия: копирование не закончилось. Выберите другую копию.
error-backup-mismatch = Копия не соответствует своему описанию. Выберите другую копию.
error-backup-damaged = Копия повреждена. Выберите другую копию.
error-restore-not-empty = В папке { $folder } есть данные. Укажите пустую папку или добавьте --replace: прежние данные не удаляются, а откладываются.
error-node-other-version = В фоне работает другая версия jospar. Остановите её и запустите снова.
error-node-already-running = Для этой папки jospar уже работает в фоне. Второй не нужен.
error-node-not-responding = Работающий в фоне jospar не отвечает. Остановите его и запустите снова. Сохранённое цело.
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
