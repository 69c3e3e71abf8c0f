# Was in E-Mails steht: je Art ein Betreff, der auch die Überschrift ist, ein Satz, was geschehen
# ist, und ein Rat für alle, die es nicht selbst waren; mit Link auch dessen Knopf.

## In mehreren E-Mails

mail-hello = Guten Tag, { $name }!
mail-hello-nobody = Guten Tag!

mail-code = Oder geben Sie diesen Code auf der Seite ein, auf der Sie diese E-Mail angefordert haben:
mail-minutes = Der Link ist { $minutes ->
        [one] eine Minute
       *[other] { $minutes } Minuten
    } gültig und funktioniert nur einmal.
mail-code-minutes = Der Link ist { $minutes ->
        [one] eine Minute
       *[other] { $minutes } Minuten
    } gültig, der Code { $code_minutes ->
        [one] eine Minute
       *[other] { $code_minutes } Minuten
    }. Nur eines von beiden funktioniert, und nur einmal.
mail-copy-link = Falls die Schaltfläche nicht funktioniert, kopieren Sie diese Adresse in Ihren Browser:

mail-link = { $what }:

mail-when = Zeit: { $when }
mail-device = Gerät: { $device }
mail-place = Netzwerkadresse: { $place }
mail-new-address = Neue Adresse: { $new_address }
mail-deletes-at = Löschung: { $deletes_at }

mail-footer = Gesendet von { $service } an { $address }. Diese E-Mail wurde automatisch erstellt, Antworten darauf liest niemand.

## confirm

mail-confirm-subject = Bestätigen Sie Ihre Adresse für { $service }
mail-confirm-intro = Jemand, vermutlich Sie selbst, hat diese Adresse für ein Konto bei { $service } angegeben. Bitte bestätigen Sie, dass sie Ihnen gehört.
mail-confirm-button = Adresse bestätigen
mail-confirm-not-you = Falls Sie das nicht waren, können Sie diese E-Mail ignorieren: Die Adresse bleibt unbestätigt.

## reset

mail-reset-subject = Ein neues Passwort für { $service }
mail-reset-intro = Jemand, vermutlich Sie selbst, hat ein neues Passwort für Ihr Konto bei { $service } angefordert.
mail-reset-button = Neues Passwort wählen
mail-reset-not-you = Falls Sie das nicht waren, können Sie diese E-Mail ignorieren: Ihr Passwort bleibt, wie es ist.

## change-address

mail-change-address-subject = Bestätigen Sie Ihre neue Adresse für { $service }
mail-change-address-intro = Jemand möchte diese Adresse für sein Konto bei { $service } verwenden. Falls Sie das waren, bestätigen Sie sie bitte.
mail-change-address-button = Diese Adresse verwenden
mail-change-address-not-you = Falls Sie das nicht waren, können Sie diese E-Mail ignorieren: Die Adresse wird nicht verwendet.

## address-changing

mail-address-changing-subject = Ihre Adresse bei { $service } soll geändert werden
mail-address-changing-intro = Jemand, der in Ihrem Konto bei { $service } angemeldet ist, möchte dessen Adresse ändern. Die neue muss erst bestätigt werden; bis dahin bleibt es bei dieser.
mail-address-changing-not-you = Falls Sie das nicht waren, ist jemand anderes in Ihrem Konto: Melden Sie sich an, ändern Sie Ihr Passwort und beenden Sie alle anderen Sitzungen.

## address-changed

mail-address-changed-subject = Ihre Adresse bei { $service } wurde geändert
mail-address-changed-intro = Ihr Konto bei { $service } hat jetzt eine andere Adresse. Wem sie gehört, hat sie bestätigt; E-Mails gehen von nun an dorthin.
mail-address-changed-not-you = Falls Sie das nicht waren, hat jemand anderes Ihr Konto übernommen: Wenden Sie sich sofort an die Betreiber von { $service }.

## new-device

mail-new-device-subject = Neues Gerät in Ihrem Konto bei { $service }
mail-new-device-intro = Jemand hat sich in Ihrem Konto bei { $service } mit einem Browser angemeldet, der dafür bisher nicht verwendet wurde. Falls Sie das waren, brauchen Sie nichts zu tun.
mail-new-device-not-you = Falls Sie das nicht waren, kennt jemand anderes Ihr Passwort: Ändern Sie es und beenden Sie alle anderen Sitzungen.

## password-changed

mail-password-changed-subject = Ihr Passwort bei { $service } wurde geändert
mail-password-changed-intro = Das Passwort Ihres Kontos bei { $service } ist jetzt ein anderes. Andere Sitzungen wurden beendet.
mail-password-changed-not-you = Falls Sie das nicht waren, wählen Sie sofort „Passwort vergessen“ auf der Anmeldeseite und wenden Sie sich an die Betreiber von { $service }.

## account-exists

mail-account-exists-subject = Sie haben bereits ein Konto bei { $service }
mail-account-exists-intro = Jemand, vielleicht Sie selbst, hat diese Adresse für ein Konto bei { $service } angegeben. Es gibt dazu schon eines, und daran wurde nichts geändert. Falls Sie Ihr Passwort vergessen haben, hilft die Anmeldeseite weiter.
mail-account-exists-button = Anmelden
mail-account-exists-not-you = Falls Sie das nicht waren, können Sie diese E-Mail ignorieren: Niemand hat erfahren, dass Sie ein Konto haben.

## invitation

mail-invitation-subject = Einladung zu { $service }
mail-invitation-intro = Sie sind eingeladen, mit dieser Adresse ein Konto bei { $service } anzulegen.
mail-invitation-button = Konto anlegen
mail-invitation-days = Die Einladung ist { $days ->
        [one] einen Tag
       *[other] { $days } Tage
    } gültig und funktioniert nur einmal.
mail-invitation-not-you = Falls Sie kein Konto möchten, können Sie diese E-Mail ignorieren.

## deletion-announced

mail-deletion-announced-subject = { $days ->
    [0] Ihr Konto bei { $service } wurde gelöscht
   *[other] Ihr Konto bei { $service } wird gelöscht
}
mail-deletion-announced-intro = { $days ->
    [0] Wie in Ihrem Konto gewünscht, wurde es gelöscht, mit allem, was { $service } über Sie wusste. Niemand kann es wiederherstellen.
   *[other] Wie in Ihrem Konto gewünscht, wird es in { $days ->
        [one] einem Tag
       *[other] { $days } Tagen
    } gelöscht, mit allem, was { $service } über Sie weiß. Bis dahin können Sie sich anmelden und es behalten; danach kann es niemand wiederherstellen.
}
mail-deletion-announced-button = Konto behalten
mail-deletion-announced-not-you = { $days ->
    [0] Falls Sie das nicht waren, wenden Sie sich sofort an die Betreiber von { $service }.
   *[other] Falls Sie das nicht waren, melden Sie sich an, behalten Sie das Konto und ändern Sie Ihr Passwort.
}

## session-stolen

mail-session-stolen-subject = Eine Sitzung bei { $service } wurde zu Ihrer Sicherheit beendet
mail-session-stolen-intro = Das Cookie, an dem { $service } einen Ihrer Browser wiedererkennt, wurde ein zweites Mal verwendet. Vielleicht hat es jemand kopiert; deshalb haben wir diese Sitzung beendet. Sie können sich einfach neu anmelden.
mail-session-stolen-not-you = Falls Sie nicht selbst einen Browser umgezogen oder wiederhergestellt haben, ändern Sie Ihr Passwort und beenden Sie alle anderen Sitzungen.
