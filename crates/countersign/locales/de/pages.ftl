# Texte der Seiten, nach Seiten geordnet. Die Anmerkungen für Übersetzerinnen und Übersetzer stehen in
# der englischen Datei.

## Auf jeder Seite

skip = Zum Inhalt springen
log-out = Abmelden
choose-language = Sprache
home = Startseite

## Felder, wo immer sie stehen

field-login = Benutzername oder E-Mail-Adresse
field-username = Benutzername
field-email = E-Mail-Adresse
field-password = Passwort
field-new-password = Neues Passwort
field-current-password = Aktuelles Passwort
field-code = Code aus der E-Mail
password-show = Anzeigen
password-hide = Verbergen
password-show-what = Anzeigen des Passworts
password-hide-what = Verbergen des Passworts
password-hint = Mindestens { $min } Zeichen. Ein paar Wörter hintereinander merkt man sich leicht, und sie sind schwer zu erraten.
optional = freiwillig
cancel = Abbrechen
back-to-login = Zurück zur Anmeldung
copy = Kopieren
copied = Kopiert

## Anmelden

login-title = Anmelden
login-forgot = Passwort vergessen?
login-remember = Auf diesem Gerät angemeldet bleiben
login-submit = Anmelden
login-new = Neu hier?
login-sign-up = Konto anlegen

## Das Passwort noch einmal

reauthenticate-title = Bestätigen Sie, dass Sie es sind
reauthenticate-why = Was jetzt kommt, könnte in falschen Händen Schaden anrichten. Bitte geben Sie deshalb Ihr Passwort noch einmal ein.
reauthenticate-as = Sie sind angemeldet als { $name }.
reauthenticate-submit = Weiter

## Abmelden

logout-title = Abmelden
logout-question = Möchten Sie sich auf diesem Gerät abmelden?
logout-yes = Abmelden
logout-no = Angemeldet bleiben

## Passwort vergessen

forgot-title = Passwort vergessen
forgot-what = Sagen Sie uns, wer Sie sind, und wir senden Ihnen eine E-Mail mit einem Link, über den Sie ein neues Passwort wählen.
forgot-submit = E-Mail senden
forgot-mail-off = Dieser Dienst versendet keine E-Mails und kann Ihnen deshalb nicht zu einem neuen Passwort verhelfen. Bitte wenden Sie sich an die Betreiber.

## Eine E-Mail ist unterwegs

check-title = Sehen Sie in Ihre E-Mails
check-confirm = Wir haben eine E-Mail an { $email } gesendet. Folgen Sie dem Link darin, um zu bestätigen, dass die Adresse Ihnen gehört.
check-reset = Falls es ein Konto für { $email } gibt, haben wir eine E-Mail an dessen Adresse gesendet. Folgen Sie dem Link darin, um ein neues Passwort zu wählen.
check-change = Wir haben eine E-Mail an { $email } gesendet. Ihre alte Adresse gilt weiter, bis Sie dem Link darin folgen.
check-somewhere = Wir haben Ihnen eine E-Mail gesendet. Folgen Sie dem Link darin oder geben Sie hier den Code ein.
check-code = Lesen Sie Ihre E-Mails auf einem anderen Gerät? Geben Sie hier den Code aus der E-Mail ein.
check-code-hint = Acht Buchstaben und Ziffern, zum Beispiel ABCD-EFGH. Er funktioniert nur in diesem Browser.
check-submit = Weiter
check-nothing = Nach ein paar Minuten noch nichts da? Sehen Sie im Spam-Ordner nach.
check-again = Neue E-Mail anfordern

## Neues Passwort wählen

reset-title = Neues Passwort wählen
reset-for = Für das Konto von { $email }.
reset-ends = Alle Ihre Sitzungen enden, auf diesem Gerät und auf anderen, und API-Schlüssel funktionieren nicht mehr.
reset-submit = Passwort setzen

## Adresse bestätigen

confirm-title = Bestätigen Sie Ihre Adresse
confirm-what = Ist { $email } Ihre Adresse? Ein Klick, und sie ist bestätigt.
confirm-submit = Adresse bestätigen
confirm-not-you = Falls Sie das nicht angefordert haben, schließen Sie einfach die Seite: Es geschieht nichts.

change-title = Bestätigen Sie Ihre neue Adresse
change-what = Von nun an soll { $email } die Adresse Ihres Kontos sein. Wir teilen es auch Ihrer alten Adresse mit.
change-submit = Adresse ändern

resend-title = Neue E-Mail
resend-what = Nennen Sie uns die Adresse Ihres Kontos, und wir senden die E-Mail zur Bestätigung noch einmal.
resend-submit = E-Mail senden

## Eine Mitteilung und der nächste Schritt

message-title = Eine Mitteilung
message-next = Weiter
message-link-used-title = Dieser Link wurde schon verwendet
message-link-expired-title = Dieser Link ist abgelaufen
message-link-unknown-title = Dieser Link funktioniert nicht
message-link-used-next = Von hier aus weiter
message-link-expired-next = Neue E-Mail anfordern
message-link-unknown-next = Neue E-Mail anfordern

## Fehlerseiten

error-title = Hier stimmt etwas nicht
error-title-403 = Das ist nicht erlaubt
error-title-404 = Hier ist nichts
error-title-405 = Das geht hier nicht
error-title-429 = Bitte etwas langsamer
error-title-500 = Das war unser Fehler
error-title-503 = Gerade zu viel los
error-home = Zur Startseite

## Was gerade getan wurde

notice-confirmed = Ihre Adresse ist bestätigt.
notice-email-changed = Ihre Adresse ist geändert.
notice-reset = Ihr neues Passwort ist gesetzt. Melden Sie sich damit an.
notice-logged-out = Sie sind abgemeldet.
notice-signed-up = Ihr Konto ist angelegt. Melden Sie sich damit an.
notice-again = Vielen Dank. Bitte tun Sie es jetzt noch einmal.
notice-language = Ihre Sprache ist gespeichert.
notice-password-changed = Ihr Passwort ist geändert. Alle anderen Sitzungen wurden beendet.
notice-session-ended = Die Sitzung ist beendet.
notice-sessions-ended = Alle anderen Sitzungen sind beendet.
notice-device-forgotten = Das Gerät ist vergessen.
notice-key-revoked = Der Schlüssel ist widerrufen: Er funktioniert nicht mehr.
notice-export-ready = Vielen Dank. Sie können Ihre Daten jetzt herunterladen.
notice-account-kept = Schön, dass Sie bleiben: Ihr Konto bleibt bestehen.
notice-account-leaving = Ihr Konto wird gelöscht. Bis dahin können Sie sich anmelden und es behalten.
notice-account-deleted = Ihr Konto ist gelöscht. Leben Sie wohl.
notice-stolen = Womöglich hat jemand kopiert, was Sie hier angemeldet hält; deshalb haben wir diese Sitzung beendet. Melden Sie sich neu an und sehen Sie Ihre Sitzungen durch.

## Warum etwas abgelehnt wurde, nach den Fehlercodes

error-invalid-request = Im Formular fehlt etwas oder ist fehlerhaft.
error-invalid-client = Dieses Programm ist hier nicht bekannt.
error-invalid-grant = Das ist falsch, abgelaufen oder wurde schon verwendet.
error-unauthorized-client = Dieses Programm darf das nicht.
error-unsupported-grant-type = Diese Art der Anmeldung wird nicht unterstützt.
error-invalid-scope = Diese Berechtigung ist unbekannt oder geht über das Erlaubte hinaus.
error-unsupported-token-type = Diese Art von Token kann hier nicht widerrufen werden.
error-invalid-token = Sie sind nicht mehr angemeldet. Bitte melden Sie sich neu an.
error-invalid-credentials = Der Benutzername oder das Passwort ist falsch.
error-authentication-required = Dafür müssen Sie angemeldet sein.
error-insufficient-scope = Womit Sie angemeldet sind, das reicht dafür nicht aus.
error-insufficient-user-authentication = Bitte geben Sie zuerst Ihr Passwort noch einmal ein.
error-access-denied = Das dürfen Sie nicht.
error-unconfirmed = Ihre E-Mail-Adresse muss zuerst bestätigt werden. Folgen Sie dem Link in der E-Mail, die wir Ihnen gesendet haben, oder fordern Sie eine neue an.
error-deletion-scheduled = Dieses Konto wird bald gelöscht. Melden Sie sich an, wenn Sie es behalten möchten.
error-proof-required = Es fehlt noch ein Schritt, der Roboter fernhält.
error-not-found = Unter dieser Adresse ist nichts. Vielleicht ist sie vertippt, oder was hier war, gibt es nicht mehr.
error-method-not-allowed = Diese Adresse nimmt nicht an, was an sie gesendet wurde.
error-request-timeout = Was Sie gesendet haben, kam nicht rechtzeitig an. Bitte versuchen Sie es noch einmal.
error-conflict = Das ist vergeben oder wurde inzwischen geändert. Bitte sehen Sie noch einmal nach.
error-content-too-large = Das ist mehr, als wir auf einmal annehmen.
error-unsupported-media-type = Diese Art von Inhalt wird hier nicht angenommen.
error-idempotency-mismatch = Das wurde schon einmal mit anderem Inhalt gesendet.
error-too-many-requests = { $minutes ->
    [0] Zu viele Versuche. Bitte warten Sie ein wenig und versuchen Sie es dann noch einmal.
    [1] Zu viele Versuche. Bitte versuchen Sie es in { $seconds ->
        [one] einer Sekunde
       *[other] { $seconds } Sekunden
    } noch einmal.
   *[other] Zu viele Versuche. Bitte versuchen Sie es in { $minutes } Minuten noch einmal.
}
error-server-error = Auf unserer Seite ist etwas fehlgeschlagen. Es wurde festgehalten. Bitte versuchen Sie es gleich noch einmal.
error-temporarily-unavailable = Gerade ist zu viel los. Bitte versuchen Sie es gleich noch einmal.

## Warum etwas abgelehnt wurde, genauer

csrf = Dieses Formular war zu lange offen oder wurde nicht von dieser Seite aus gesendet. Bitte senden Sie es noch einmal.
mail-off = Dieser Dienst versendet keine E-Mails. Bitte wenden Sie sich an die Betreiber.
code-wrong = Der Code ist falsch oder nicht mehr gültig. Fordern Sie eine neue E-Mail an.
link-used = Er hat seinen Dienst getan und bewirkt nichts mehr.
link-expired = Zu Ihrer Sicherheit gelten Links nur kurze Zeit. Fordern Sie eine neue E-Mail an, und Sie erhalten einen neuen.
link-unknown = Vielleicht wurde er nicht vollständig kopiert, oder eine neuere E-Mail hat ihn ersetzt. Öffnen Sie den Link in der neuesten E-Mail oder fordern Sie eine neue an.
address-same = Das ist bereits Ihre Adresse.
address-taken = Diese E-Mail-Adresse wurde inzwischen vergeben.
current-password-wrong = Das aktuelle Passwort ist falsch.
name-needed = Ein Benutzername oder eine E-Mail-Adresse ist nötig.
name-empty = Dies darf nicht leer sein.
name-too-long = Das ist zu lang: Ein Benutzername hat höchstens 64 Zeichen, eine E-Mail-Adresse 254.
name-blank = Am Anfang oder am Ende steht ein Leerzeichen, oder zwei stehen hintereinander.
name-forbidden = Darin ist ein Zeichen, das hier nicht erlaubt ist.
name-looks-like-token = Das sieht aus wie ein Schlüssel, nicht wie ein Name. Bitte wählen Sie einen anderen.
name-not-an-address = Das ist keine E-Mail-Adresse. Eine sieht so aus: name@example.com.
username-taken = Dieser Benutzername ist vergeben.
email-taken = Diese E-Mail-Adresse ist vergeben.
email-needed = Eine E-Mail-Adresse ist nötig.
password-too-short = Das Passwort muss mindestens { $min } Zeichen haben. Fügen Sie ein, zwei Wörter hinzu.
password-too-long = Das Passwort ist zu lang. Verwenden Sie ein kürzeres.
password-common = Das ist eines der Passwörter, die Angreifer zuerst versuchen. Wählen Sie eines, das nur Sie haben.
password-own-name = Das Passwort darf nicht aus Ihrem Namen, Ihrer Adresse oder dem Namen dieses Dienstes gebildet sein. Wählen Sie Wörter, die nichts damit zu tun haben.
invitation-address = Die Einladung ging an eine andere Adresse. Lassen Sie diese weg.
invitation-needed = Ein Konto anlegen kann hier nur, wer eingeladen ist. Verwenden Sie den Link in der E-Mail.
sign-up-closed = Hier kann niemand ein Konto anlegen. Bitte wenden Sie sich an die Betreiber, wenn Sie eines brauchen.
sign-up-too-many = { $minutes ->
    [0] Aus Ihrem Netz wurden zu viele Konten angelegt. Bitte versuchen Sie es später noch einmal.
    [1] Aus Ihrem Netz wurden zu viele Konten angelegt. Bitte versuchen Sie es in einer Minute noch einmal.
   *[other] Aus Ihrem Netz wurden zu viele Konten angelegt. Bitte versuchen Sie es in { $minutes } Minuten noch einmal.
}
key-name = Der Name muss 1 bis 100 Zeichen lang sein.
keys-too-many = Sie haben 1000 API-Schlüssel, mehr geht nicht. Widerrufen Sie zuerst einen.
admin-stays = Administratoren bleiben. Lassen Sie sich die Rolle zuerst von jemand anderem abnehmen.
days-wrong = Erwartet wird eine Anzahl von Tagen, 1 bis 65535, oder nichts.
language-unknown = In dieser Sprache gibt es keine Seiten.

## Wie stark ein Passwort ist, neben dem Feld

strength-0 = Sehr schwach: sofort erraten. Fügen Sie ein, zwei Wörter hinzu.
strength-1 = Schwach: bald erraten. Fügen Sie ein, zwei Wörter hinzu.
strength-2 = Mittel: Ein weiteres Wort würde es stark machen.
strength-3 = Stark.
strength-4 = Sehr stark.

## Der Posteingang: E-Mails, die nicht versendet wurden, zum Ausprobieren

inbox-title = Posteingang
inbox-what = Von hier wird nichts versendet: Dies sind die E-Mails, die dieser Dienst versendet hätte, die neueste zuerst.
inbox-empty = Noch keine E-Mail. Legen Sie ein Konto an oder fordern Sie ein neues Passwort an, dann erscheint sie hier.
inbox-to = An
inbox-when = Geschrieben
inbox-html = Die E-Mail, wie E-Mail-Programme sie zeigen
inbox-text = Als reiner Text

## Konto anlegen

sign-up-title = Konto anlegen
sign-up-submit = Konto anlegen
sign-up-have = Sie haben schon ein Konto?
sign-up-invited = Ihre Einladung wurde an diese Adresse gesendet.
field-email-optional = E-Mail-Adresse (freiwillig)
sign-up-wait = { $seconds ->
    [one] Um Roboter fernzuhalten, warten Sie bitte eine Sekunde, geben Sie Ihr Passwort noch einmal ein und senden Sie das Formular erneut.
   *[other] Um Roboter fernzuhalten, warten Sie bitte { $seconds } Sekunden, geben Sie Ihr Passwort noch einmal ein und senden Sie das Formular erneut.
}
message-sign-up-waits-title = Fast geschafft
sign-up-waits = Ihr Konto ist angelegt. Bevor Sie es verwenden können, müssen die Betreiber dieses Dienstes es bestätigen.
sign-up-no-script = Ohne JavaScript dauert das etwas länger: Wir bitten Sie, ein paar Sekunden zu warten und das Formular noch einmal zu senden. Das hält Roboter fern.
proof-working = Ihr Browser löst eine kleine Rechenaufgabe, die Roboter fernhält …
proof-done = Fertig: Ihr Browser hat gezeigt, dass er kein Roboter ist.

## Das Konto

account-title = Konto
account-profile = Profil
account-password = Passwort
account-sessions = Sitzungen
account-keys = API-Schlüssel
account-data = Ihre Daten
account-no-name = Keiner
account-no-email = Keine
account-confirmed = bestätigt
account-unconfirmed = noch nicht bestätigt
account-since = Konto seit
account-resend = E-Mail zur Bestätigung noch einmal senden
account-email-title = Andere E-Mail-Adresse
account-email-what = Wir senden eine E-Mail an die neue Adresse. Die alte gilt weiter, bis Sie dem Link darin folgen, und beide werden benachrichtigt.
account-email-off = Dieser Dienst versendet keine E-Mails; deshalb lässt sich hier keine Adresse bestätigen. Bitte wenden Sie sich an die Betreiber.
field-new-email = Neue E-Mail-Adresse
account-email-submit = E-Mail senden
account-language-title = Sprache
account-language-what = Dieser Seiten und der E-Mails, die wir Ihnen senden.
account-language = Sprache
account-language-browser = Wie mein Browser es wünscht
account-language-submit = Sprache speichern

## Das Konto: Passwort

account-password-what = Wenn Sie es ändern, enden alle anderen Sitzungen, und API-Schlüssel funktionieren nicht mehr. Hier bleiben Sie angemeldet.
account-password-submit = Passwort ändern

## Das Konto: Sitzungen und Geräte

list-newer = Neuere
list-older = Ältere
sessions-what = Hier sind Sie angemeldet. Wenn Sie etwas davon nicht wiedererkennen, beenden Sie es und ändern Sie Ihr Passwort.
sessions-unknown = Unbekanntes Gerät
sessions-current = diese hier
sessions-remembered = bleibt angemeldet
sessions-client = Programm
sessions-place = von { $place }
sessions-started = seit
sessions-seen = zuletzt aktiv
sessions-end = Beenden
sessions-end-this = Sitzung von { $what } beenden
sessions-end-others = Alle anderen Sitzungen beenden
sessions-end-others-what = Auch API-Schlüssel funktionieren dann nicht mehr.
devices-title = Bekannte Geräte
devices-what = Browser, mit denen Sie sich angemeldet haben. Über eine Anmeldung mit einem anderen benachrichtigen wir Sie per E-Mail.
devices-since = bekannt seit
devices-forget = Vergessen
devices-forget-this = { $what } vergessen
devices-none = Noch keine.

## Das Konto: API-Schlüssel

keys-what = Mit einem Schlüssel kann ein Programm ohne Ihr Passwort für Sie handeln. Geben Sie jedem Programm einen eigenen, der nicht mehr erlaubt als nötig.
keys-none = Sie haben keine API-Schlüssel.
keys-created = Ihr neuer Schlüssel „{ $name }“
keys-once = Kopieren Sie ihn jetzt: Er wird nur dieses eine Mal angezeigt, und wir behalten keine Kopie.
keys-may = Darf: { $scope }
keys-may-nothing = Darf nur sagen, wer Sie sind
keys-made = erstellt
keys-used = zuletzt verwendet
keys-unused = nie verwendet
keys-expires = läuft ab
keys-lasts = läuft nicht ab
keys-revoke = Widerrufen
keys-revoke-this = Schlüssel { $name } widerrufen
keys-new = Schlüssel erstellen
keys-name = Name
keys-name-hint = Zum Wiedererkennen, zum Beispiel „Sicherungsskript“.
keys-scope = Was er darf
keys-scope-hint = Wörter, durch Leerzeichen getrennt. Lassen Sie das Feld leer für einen Schlüssel, der nur sagt, wer Sie sind.
keys-expiry = Läuft ab
keys-days = { $days ->
    [one] nach einem Tag
   *[other] nach { $days } Tagen
}
keys-never = nie
keys-submit = Schlüssel erstellen

## Das Konto: Daten und Ende

data-export-title = Nehmen Sie Ihre Daten mit
data-export-what = Eine Datei (JSON) mit allem, was über Sie gespeichert ist. Passwörter und Schlüssel sind nicht darin: Wir können sie selbst nicht lesen.
data-export = Herunterladen
data-delete-title = Konto löschen
data-delete-what = { $days ->
    [0] Ihr Konto und alles, was über Sie gespeichert ist, wird sofort gelöscht.
    [one] Ihr Konto und alles, was über Sie gespeichert ist, wird nach einem Tag gelöscht. Bis dahin können Sie es sich anders überlegen.
   *[other] Ihr Konto und alles, was über Sie gespeichert ist, wird nach { $days } Tagen gelöscht. Bis dahin können Sie es sich anders überlegen.
}
data-delete = Konto löschen …
data-deletes = Ihr Konto wird gelöscht:
data-keep = Konto behalten
delete-title = Konto löschen
delete-ends = Alle Ihre Sitzungen enden sofort, und API-Schlüssel funktionieren nicht mehr.
delete-when = { $days ->
    [0] Das Konto wird sofort gelöscht.
    [one] Einen Tag lang können Sie sich anmelden und es sich anders überlegen. Danach wird das Konto gelöscht.
   *[other] { $days } Tage lang können Sie sich anmelden und es sich anders überlegen. Danach wird das Konto gelöscht.
}
delete-gone = Danach kann es niemand wiederherstellen, auch wir nicht.
delete-submit = Mein Konto löschen
delete-no = Behalten
