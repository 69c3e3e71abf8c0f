# Texts of the pages, one key for each, sorted by page.
#
# For translators: a text is plain, without HTML. Words in braces with a dollar sign, such as
# { $minutes }, are filled in; keep their names. Where a number is filled in, use the forms of your
# language: { $days -> [one] a day *[other] { $days } days }. Address the reader politely and calmly,
# and promise nothing that the English text does not.

## On every page

skip = Skip to the content
log-out = Log out
choose-language = Language
home = Home

## Fields, wherever they stand

field-login = User name or e-mail address
field-username = User name
field-email = E-mail address
field-password = Password
field-new-password = New password
field-current-password = Current password
field-code = Code from the mail
# The switch beside a password, and the same for screen readers, beginning with the same word.
password-show = Show
password-hide = Hide
password-show-what = Show password
password-hide-what = Hide password
# Below the field for a new password.
password-hint = At least { $min } characters. A few words in a row are easy to remember and hard to guess.
optional = optional
cancel = Cancel
back-to-login = Back to log-in
# Shown for a moment in place of "Copy".
copy = Copy
copied = Copied

## Log in

login-title = Log in
login-forgot = Forgotten your password?
login-remember = Stay logged in on this device
login-submit = Log in
login-new = New here?
login-sign-up = Create an account

## The password once more, before something that can do harm

reauthenticate-title = Confirm that it is you
reauthenticate-why = What comes next could do harm in the wrong hands, so please give your password again.
# $name is a user name or an e-mail address.
reauthenticate-as = You are logged in as { $name }.
reauthenticate-submit = Continue

## Log out

logout-title = Log out
logout-question = Do you want to log out on this device?
logout-yes = Log out
logout-no = Stay logged in

## Forgotten password

forgot-title = Forgotten password
forgot-what = Tell us who you are, and we send you a mail with a link to choose a new password.
forgot-submit = Send the mail
forgot-mail-off = This service sends no mail, so it cannot help you to a new password. Please ask whoever runs it.

## A mail is on its way

check-title = Look into your mail
# $email is what was typed: an e-mail address or a user name.
check-confirm = We have sent a mail to { $email }. Follow the link in it to confirm that the address is yours.
check-reset = If there is an account for { $email }, we have sent a mail to its address. Follow the link in it to choose a new password.
check-change = We have sent a mail to { $email }. Your old address stays in place until you follow the link in it.
# The same, when the address is not known to the page.
check-somewhere = We have sent you a mail. Follow the link in it, or type its code here.
check-code = Reading mail on another device? Type the code from the mail here.
check-code-hint = Eight letters and digits, for example ABCD-EFGH. It works in this browser only.
check-submit = Continue
check-nothing = Nothing there after a few minutes? Look into the folder for spam.
# A link after the sentence before.
check-again = Ask for another mail

## Choose a new password

reset-title = Choose a new password
reset-for = For the account of { $email }.
reset-ends = All your sessions end, on this device and on others, and API keys stop working.
reset-submit = Set the password

## Confirm an address

confirm-title = Confirm your address
confirm-what = Is { $email } your address? One click and it is confirmed.
confirm-submit = Confirm the address
confirm-not-you = If you did not ask for this, just close the page: nothing happens.

change-title = Confirm your new address
change-what = From now on, { $email } is to be the address of your account. We write to your old address as well to say so.
change-submit = Change the address

resend-title = Another mail
resend-what = Tell us the address of your account, and we send the mail to confirm it once more.
resend-submit = Send the mail

## A message, and the next step

message-title = A message
message-next = Continue
message-link-used-title = This link was used already
message-link-expired-title = This link has expired
message-link-unknown-title = This link does not work
message-link-used-next = Go on from here
message-link-expired-next = Ask for a new mail
message-link-unknown-next = Ask for a new mail

## Errors as pages

error-title = Something is not right
error-title-403 = That is not allowed
error-title-404 = There is nothing here
error-title-405 = That does not work here
error-title-429 = A little slower, please
error-title-500 = That was our fault
error-title-503 = Too busy right now
error-home = To the start

## What was just done

notice-confirmed = Your address is confirmed.
notice-email-changed = Your address is changed.
notice-reset = Your new password is set. Log in with it.
notice-logged-out = You are logged out.
notice-signed-up = Your account is made. Log in with it.
notice-again = Thank you. Now please do it once more.
notice-language = Your language is saved.
notice-password-changed = Your password is changed. All other sessions have ended.
notice-session-ended = The session has ended.
notice-sessions-ended = All other sessions have ended.
notice-device-forgotten = The device is forgotten.
notice-key-revoked = The key is revoked: it works no longer.
notice-export-ready = Thank you. You can download your data now.
notice-account-kept = Good to have you back: your account stays.
notice-account-leaving = Your account will be deleted. Until then you can log in and keep it.
notice-account-deleted = Your account is deleted. Farewell.
# Somebody showed an old copy of the cookie that keeps a browser logged in.
notice-stolen = Somebody may have copied what keeps you logged in here, so we ended that session. Log in again, and look through your sessions.

## Why something was refused, by the codes of errors

error-invalid-request = Something in the form is missing or malformed.
error-invalid-client = This program is not known here.
error-invalid-grant = This is wrong, has expired or was used already.
error-unauthorized-client = This program may not do that.
error-unsupported-grant-type = This way to log in is not supported.
error-invalid-scope = This permission is unknown, or more than allowed.
error-unsupported-token-type = This kind of token cannot be revoked here.
error-invalid-token = You are no longer logged in. Please log in again.
error-invalid-credentials = The user name or the password is wrong.
error-authentication-required = You need to be logged in for this.
error-insufficient-scope = What you are logged in with may not do this.
error-insufficient-user-authentication = Please give your password again first.
error-access-denied = You may not do this.
error-unconfirmed = Your e-mail address has to be confirmed first. Follow the link in the mail we sent you, or ask for another mail.
error-deletion-scheduled = This account is about to be deleted. Log in if you want to keep it.
error-proof-required = One more step is needed, to keep robots away.
error-not-found = There is nothing at this address. It may have been mistyped, or what was here is gone.
error-method-not-allowed = This address does not take what was sent to it.
error-request-timeout = What you sent did not arrive in time. Please try again.
error-conflict = This is taken, or was changed in the meantime. Look again.
error-content-too-large = That is more than we take at once.
error-unsupported-media-type = This kind of content is not taken here.
error-idempotency-mismatch = This was sent before with something else in it.
# $minutes is 0 when it is not known how long, and 1 when it is a minute or less.
error-too-many-requests = { $minutes ->
    [0] Too many attempts. Please wait a little, then try again.
    [1] Too many attempts. Please try again in { $seconds ->
        [one] a second
       *[other] { $seconds } seconds
    }.
   *[other] Too many attempts. Please try again in { $minutes } minutes.
}
error-server-error = Something failed on our side. It has been noted. Please try again in a moment.
error-temporarily-unavailable = Too much is going on right now. Please try again in a moment.

## Why something was refused, more exactly

csrf = This form was open for too long, or was not sent from this site. Please send it again.
mail-off = This service sends no mail. Please ask whoever runs it.
code-wrong = The code is wrong, or no longer good. Ask for a new mail.
link-used = It has done its work and does nothing any more.
link-expired = For your safety links are good for a short time only. Ask for a new mail, and you get a new one.
link-unknown = Perhaps it was not copied whole, or a newer mail has replaced it. Open the link in the latest mail, or ask for a new one.
address-same = This is your address already.
address-taken = This e-mail address was taken meanwhile.
current-password-wrong = The current password is wrong.
name-needed = A user name or an e-mail address is needed.
name-empty = This must not be empty.
name-too-long = This is too long: a user name has at most 64 characters, an e-mail address 254.
name-blank = There is a blank at the start or the end, or two in a row.
name-forbidden = There is a character in it that is not allowed here.
name-looks-like-token = This looks like a key, not like a name. Please choose another.
name-not-an-address = This is not an e-mail address. It looks like name@example.com.
username-taken = This user name is taken.
email-taken = This e-mail address is taken.
email-needed = An e-mail address is needed.
password-too-short = The password must have at least { $min } characters. Add a word or two.
password-too-long = The password is too long. Use a shorter one.
password-common = This is one of the passwords attackers try first. Choose one that is yours alone.
password-own-name = The password must not be made from your name, your address or the name of this service. Choose words that have nothing to do with them.
invitation-address = The invitation went to another address. Leave this one out.
invitation-needed = One can sign up here by invitation only. Use the link in the mail.
sign-up-closed = Nobody can sign up here. Please ask whoever runs this service for an account.
# $minutes is how long to wait.
sign-up-too-many = { $minutes ->
    [0] Too many accounts were made from your network. Please try again later.
    [1] Too many accounts were made from your network. Please try again in a minute.
   *[other] Too many accounts were made from your network. Please try again in { $minutes } minutes.
}
key-name = The name has to be 1 to 100 characters long.
keys-too-many = You have 1000 API keys, which is the most. Revoke one first.
admin-stays = Administrators stay. Have another one take the role from you first.
days-wrong = A number of days is expected, 1 to 65535, or nothing.
language-unknown = There are no pages in this language.

## How strong a password is, beside its field

strength-0 = Very weak: guessed at once. Add a word or two.
strength-1 = Weak: guessed soon. Add a word or two.
strength-2 = Fair: another word would make it strong.
strength-3 = Strong.
strength-4 = Very strong.

## The inbox: mails that were not sent, to be looked at while trying out

inbox-title = Inbox
inbox-what = Nothing is sent from here: these are the mails this service would have sent, youngest first.
inbox-empty = No mail yet. Sign up, or ask for a new password, and it appears here.
inbox-to = To
inbox-when = Written
# The title of the frame with the mail as it looks in mail programs.
inbox-html = The mail as mail programs show it
inbox-text = As plain text

## Sign up

sign-up-title = Create an account
sign-up-submit = Create the account
sign-up-have = Have an account already?
sign-up-invited = Your invitation was sent to this address.
# Instead of the label "E-mail address", where the service sends no mail.
field-email-optional = E-mail address (optional)
# Shown to somebody without JavaScript, who waits instead of letting the browser work.
sign-up-wait = { $seconds ->
    [one] To keep robots away, please wait a second, type your password again and send the form once more.
   *[other] To keep robots away, please wait { $seconds } seconds, type your password again and send the form once more.
}
# Instead of the form, when the account is made but cannot be used yet.
message-sign-up-waits-title = Almost there
sign-up-waits = Your account is made. Before it can be used, whoever runs this service has to confirm it.
sign-up-no-script = Without JavaScript this takes a moment longer: we ask you to wait a few seconds and send the form again. It keeps robots away.
# Said while the browser computes, and when it is done.
proof-working = Your browser is doing a small sum that keeps robots away …
proof-done = Done: your browser has shown that it is no robot.

## The account

account-title = Account
account-profile = Profile
account-password = Password
account-sessions = Sessions
account-keys = API keys
account-data = Your data
account-no-name = None
account-no-email = None
account-confirmed = confirmed
account-unconfirmed = not confirmed yet
account-since = Account since
account-resend = Send the mail to confirm it again
account-email-title = Another e-mail address
account-email-what = We send a mail to the new address. The old one stays in place until you follow the link in that mail, and both are told.
account-email-off = This service sends no mail, so an address cannot be proven here. Please ask whoever runs it.
field-new-email = New e-mail address
account-email-submit = Send the mail
account-language-title = Language
account-language-what = Of these pages and of the mails we send you.
account-language = Language
account-language-browser = As my browser asks
account-language-submit = Save the language

## The account: password

account-password-what = All other sessions end when you change it, and API keys stop working. You stay logged in here.
account-password-submit = Change the password

## The account: sessions and devices

list-newer = Newer
list-older = Older
sessions-what = Where you are logged in. If you do not recognise one of these, end it and change your password.
sessions-unknown = Unknown device
sessions-current = this one
sessions-remembered = stays logged in
# A session of a program that uses tokens, not of a browser.
sessions-client = program
# $place is a network address.
sessions-place = from { $place }
# A moment follows.
sessions-started = since
sessions-seen = last seen
sessions-end = End
# For screen readers. $what is a browser such as "Firefox on Linux".
sessions-end-this = End the session of { $what }
sessions-end-others = End all other sessions
sessions-end-others-what = API keys stop working as well.
devices-title = Known devices
devices-what = Browsers you have logged in with. Logging in with another one is told to you by mail.
devices-since = known since
devices-forget = Forget
devices-forget-this = Forget { $what }
devices-none = None yet.

## The account: API keys

keys-what = A key lets a program act for you without your password. Give each program its own, and no more than it needs.
keys-none = You have no API keys.
# $name is what the person called it.
keys-created = Your new key “{ $name }”
keys-once = Copy it now: it is shown this one time only, and we keep no copy.
# $scope is a list of words such as "read write".
keys-may = May: { $scope }
keys-may-nothing = May only say who you are
keys-made = made
keys-used = last used
keys-unused = never used
keys-expires = expires
keys-lasts = does not expire
keys-revoke = Revoke
keys-revoke-this = Revoke the key { $name }
keys-new = Make a key
keys-name = Name
keys-name-hint = To recognise it by, for example “backup script”.
keys-scope = What it may do
keys-scope-hint = Words separated by blanks. Leave it empty for a key that only says who you are.
keys-expiry = Expires
keys-days = { $days ->
    [one] after a day
   *[other] after { $days } days
}
keys-never = never
keys-submit = Make the key

## The account: data and its end

data-export-title = Take your data with you
data-export-what = One file (JSON) with all that is stored about you. Passwords and keys are not in it: we cannot read them ourselves.
data-export = Download
data-delete-title = Delete the account
data-delete-what = { $days ->
    [0] Your account and all that is stored about you is deleted at once.
    [one] Your account and all that is stored about you is deleted after a day, in which you can change your mind.
   *[other] Your account and all that is stored about you is deleted after { $days } days, in which you can change your mind.
}
data-delete = Delete the account …
# A moment follows.
data-deletes = Your account will be deleted:
data-keep = Keep my account
delete-title = Delete the account
delete-ends = All your sessions end at once, and API keys stop working.
delete-when = { $days ->
    [0] The account is deleted at once.
    [one] For a day you can log in and change your mind. Then the account is deleted.
   *[other] For { $days } days you can log in and change your mind. Then the account is deleted.
}
delete-gone = After that nobody can bring it back, and neither can we.
delete-submit = Delete my account
delete-no = Keep it
