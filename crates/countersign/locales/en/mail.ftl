# What mails say. Each kind of mail has a subject, which is its heading too, an introduction that
# says what happened, and a last word for whoever did not do it; with a link, also its button.
#
# $service is the name of the service, $address the address the mail goes to.

## In several mails

# $name is a user name of a proven owner; nobody else's is ever shown.
mail-hello = Hello { $name },
mail-hello-nobody = Hello,

mail-code = Or type this code into the page where you asked for this mail:
mail-minutes = The link is good for { $minutes ->
        [one] one minute
       *[other] { $minutes } minutes
    } and works once.
mail-code-minutes = The link is good for { $minutes ->
        [one] one minute
       *[other] { $minutes } minutes
    }, the code for { $code_minutes ->
        [one] one minute
       *[other] { $code_minutes } minutes
    }. Whichever you use first works, once.
mail-copy-link = If the button does not work, copy this address into your browser:

# $what is the text of a button; the link follows on a line of its own.
mail-link = { $what }:

mail-when = Time: { $when }
mail-device = Device: { $device }
mail-place = Network address: { $place }
mail-new-address = New address: { $new_address }
mail-deletes-at = Deletion: { $deletes_at }

mail-footer = Sent by { $service } to { $address }. A program wrote this mail, and nobody reads an answer to it.

## confirm: to the address of a new account

mail-confirm-subject = Confirm your address for { $service }
mail-confirm-intro = Somebody, most likely you, gave this address for an account at { $service }. Please confirm that it is yours.
mail-confirm-button = Confirm the address
mail-confirm-not-you = If it was not you, ignore this mail: the address stays unconfirmed.

## reset: to the address of an account whose password is forgotten

mail-reset-subject = A new password for { $service }
mail-reset-intro = Somebody, most likely you, asked for a new password for your account at { $service }.
mail-reset-button = Choose a new password
mail-reset-not-you = If it was not you, ignore this mail: your password stays as it is.

## change-address: to the address that an account is to have

mail-change-address-subject = Confirm your new address for { $service }
mail-change-address-intro = Somebody wants to use this address for their account at { $service }. If it was you, please confirm it.
mail-change-address-button = Use this address
mail-change-address-not-you = If it was not you, ignore this mail: the address will not be used.

## address-changing: to the present address, when another one is asked for

mail-address-changing-subject = Your address at { $service } is about to change
mail-address-changing-intro = Somebody who is logged in to your account at { $service } asked to change its address. The new one has to be confirmed first; until then this one stays.
mail-address-changing-not-you = If it was not you, somebody else is in your account: log in, change your password and end all other sessions.

## address-changed: to the old and to the new address

mail-address-changed-subject = Your address at { $service } was changed
mail-address-changed-intro = Your account at { $service } has another address now. Whoever owns it has confirmed it, and from now on mails go there.
mail-address-changed-not-you = If it was not you, somebody else has your account: tell those who run { $service } at once.

## new-device: after a log-in from a browser that was never seen before

mail-new-device-subject = A new device logged in to your account at { $service }
mail-new-device-intro = Somebody logged in to your account at { $service } from a browser that was not used for it before. If it was you, there is nothing to do.
mail-new-device-not-you = If it was not you, somebody else knows your password: change it, and end all other sessions.

## password-changed: after any change of the password

mail-password-changed-subject = Your password at { $service } was changed
mail-password-changed-intro = The password of your account at { $service } is another one now. Other sessions have ended.
mail-password-changed-not-you = If it was not you, choose “Forgot password” on the log-in page at once, and tell those who run { $service }.

## account-exists: when the address of an account is given for another one

mail-account-exists-subject = You already have an account at { $service }
mail-account-exists-intro = Somebody, perhaps you, gave this address for an account at { $service }. It has one already, and nothing was changed. If you forgot your password, the log-in page helps.
mail-account-exists-button = Log in
mail-account-exists-not-you = If it was not you, ignore this mail: nobody learned that you have an account.

## invitation: to somebody who may sign up

mail-invitation-subject = You are invited to { $service }
mail-invitation-intro = You are invited to make an account at { $service } with this address.
mail-invitation-button = Make an account
mail-invitation-days = The invitation is good for { $days ->
        [one] one day
       *[other] { $days } days
    } and works once.
mail-invitation-not-you = If you do not want an account, ignore this mail.

## deletion-announced: when somebody asked that their account be deleted

mail-deletion-announced-subject = { $days ->
    [0] Your account at { $service } was deleted
   *[other] Your account at { $service } will be deleted
}
mail-deletion-announced-intro = { $days ->
    [0] As was asked for in your account, it was deleted, with everything { $service } knew of you. Nobody can bring it back.
   *[other] As was asked for in your account, it will be deleted in { $days ->
        [one] one day
       *[other] { $days } days
    }, with everything { $service } knows of you. Until then you can log in and keep it; afterwards nobody can bring it back.
}
mail-deletion-announced-button = Keep the account
mail-deletion-announced-not-you = { $days ->
    [0] If it was not you, tell those who run { $service } at once.
   *[other] If it was not you, log in, keep the account and change your password.
}

## session-stolen: when the cookie of a remembered browser was shown twice

mail-session-stolen-subject = A session at { $service } was ended for your safety
mail-session-stolen-intro = The cookie by which { $service } remembers one of your browsers was used a second time. Perhaps somebody copied it, so we ended that session. You can simply log in again.
mail-session-stolen-not-you = If you did not move or restore a browser yourself, change your password and end all other sessions.
