# Les textes des pages, rangés par page. Les remarques pour les traducteurs sont dans le fichier
# anglais.

## Sur chaque page

skip = Aller au contenu
log-out = Se déconnecter
choose-language = Langue
home = Accueil

## Les champs, où qu’ils soient

field-login = Nom d’utilisateur ou adresse e-mail
field-username = Nom d’utilisateur
field-email = Adresse e-mail
field-password = Mot de passe
field-new-password = Nouveau mot de passe
field-current-password = Mot de passe actuel
field-code = Code reçu par e-mail
password-show = Afficher
password-hide = Masquer
password-show-what = Afficher le mot de passe
password-hide-what = Masquer le mot de passe
password-hint = Au moins { $min } caractères. Quelques mots à la suite se retiennent facilement et se devinent difficilement.
optional = facultatif
cancel = Annuler
back-to-login = Retour à la connexion
copy = Copier
copied = Copié

## Connexion

login-title = Connexion
login-forgot = Mot de passe oublié ?
login-remember = Rester connecté sur cet appareil
login-submit = Se connecter
login-new = Première visite ?
login-sign-up = Créer un compte

## Le mot de passe encore une fois

reauthenticate-title = Confirmez que c’est bien vous
reauthenticate-why = Ce qui suit pourrait causer du tort en de mauvaises mains ; veuillez donc saisir de nouveau votre mot de passe.
reauthenticate-as = Vous utilisez le compte { $name }.
reauthenticate-submit = Continuer

## Déconnexion

logout-title = Déconnexion
logout-question = Voulez-vous vous déconnecter sur cet appareil ?
logout-yes = Se déconnecter
logout-no = Rester connecté

## Mot de passe oublié

forgot-title = Mot de passe oublié
forgot-what = Dites-nous qui vous êtes, et nous vous enverrons un e-mail avec un lien pour choisir un nouveau mot de passe.
forgot-submit = Envoyer l’e-mail
forgot-mail-off = Ce service n’envoie pas d’e-mails et ne peut donc pas vous aider à changer de mot de passe. Veuillez vous adresser à ses responsables.

## Un e-mail est en route

check-title = Consultez vos e-mails
check-confirm = Nous avons envoyé un e-mail à { $email }. Suivez le lien qu’il contient pour confirmer que l’adresse est bien à vous.
check-reset = S’il existe un compte pour { $email }, nous avons envoyé un e-mail à son adresse. Suivez le lien qu’il contient pour choisir un nouveau mot de passe.
check-change = Nous avons envoyé un e-mail à { $email }. Votre ancienne adresse reste en place jusqu’à ce que vous suiviez le lien qu’il contient.
check-somewhere = Nous vous avons envoyé un e-mail. Suivez le lien qu’il contient, ou saisissez ici son code.
check-code = Vous lisez vos e-mails sur un autre appareil ? Saisissez ici le code reçu.
check-code-hint = Huit lettres et chiffres, par exemple ABCD-EFGH. Il ne fonctionne que dans ce navigateur.
check-submit = Continuer
check-nothing = Toujours rien après quelques minutes ? Regardez dans le dossier des indésirables.
check-again = Demander un autre e-mail

## Choisir un nouveau mot de passe

reset-title = Choisir un nouveau mot de passe
reset-for = Pour le compte de { $email }.
reset-ends = Toutes vos sessions prendront fin, sur cet appareil et sur les autres, et les clés d’API ne fonctionneront plus.
reset-submit = Enregistrer le mot de passe

## Confirmer une adresse

confirm-title = Confirmez votre adresse
confirm-what = { $email } est-elle votre adresse ? Un clic, et elle est confirmée.
confirm-submit = Confirmer l’adresse
confirm-not-you = Si vous n’avez rien demandé, fermez simplement la page : il ne se passera rien.

change-title = Confirmez votre nouvelle adresse
change-what = Désormais, { $email } sera l’adresse de votre compte. Nous en informons aussi votre ancienne adresse.
change-submit = Changer l’adresse

resend-title = Un autre e-mail
resend-what = Indiquez-nous l’adresse de votre compte, et nous enverrons de nouveau l’e-mail qui permet de la confirmer.
resend-submit = Envoyer l’e-mail

## Un message, et l’étape suivante

message-title = Un message
message-next = Continuer
message-link-used-title = Ce lien a déjà servi
message-link-expired-title = Ce lien a expiré
message-link-unknown-title = Ce lien ne fonctionne pas
message-link-used-next = Continuer à partir d’ici
message-link-expired-next = Demander un nouvel e-mail
message-link-unknown-next = Demander un nouvel e-mail

## Les pages d’erreur

error-title = Quelque chose ne va pas
error-title-403 = Cela n’est pas permis
error-title-404 = Il n’y a rien ici
error-title-405 = Cela ne fonctionne pas ici
error-title-429 = Un peu plus lentement, s’il vous plaît
error-title-500 = C’est de notre faute
error-title-503 = Trop d’affluence en ce moment
error-home = Retour à l’accueil

## Ce qui vient d’être fait

notice-confirmed = Votre adresse est confirmée.
notice-email-changed = Votre adresse est changée.
notice-reset = Votre nouveau mot de passe est enregistré. Connectez-vous avec celui-ci.
notice-logged-out = La déconnexion est faite.
notice-signed-up = Votre compte est créé. Connectez-vous.
notice-again = Merci. Veuillez maintenant recommencer.
notice-language = Votre langue est enregistrée.
notice-password-changed = Votre mot de passe est changé. Toutes les autres sessions ont pris fin.
notice-session-ended = La session a pris fin.
notice-sessions-ended = Toutes les autres sessions ont pris fin.
notice-device-forgotten = L’appareil est oublié.
notice-key-revoked = La clé est révoquée : elle ne fonctionne plus.
notice-export-ready = Merci. Vous pouvez maintenant télécharger vos données.
notice-account-kept = Ravis de vous retrouver : votre compte est conservé.
notice-account-leaving = Votre compte sera supprimé. D’ici là, vous pouvez vous connecter et le conserver.
notice-account-deleted = Votre compte est supprimé. Au revoir.
notice-stolen = Quelqu’un a peut-être copié ce qui vous garde connecté ici ; nous avons donc mis fin à cette session. Reconnectez-vous et passez vos sessions en revue.

## Pourquoi quelque chose a été refusé, selon les codes d’erreur

error-invalid-request = Quelque chose manque dans le formulaire ou n’est pas correct.
error-invalid-client = Ce programme n’est pas connu ici.
error-invalid-grant = C’est erroné, expiré ou déjà utilisé.
error-unauthorized-client = Ce programme n’a pas le droit de faire cela.
error-unsupported-grant-type = Cette façon de se connecter n’est pas prise en charge.
error-invalid-scope = Cette autorisation est inconnue ou dépasse ce qui est permis.
error-unsupported-token-type = Ce type de jeton ne peut pas être révoqué ici.
error-invalid-token = Vous n’êtes plus connecté. Veuillez vous reconnecter.
error-invalid-credentials = Le nom d’utilisateur ou le mot de passe est erroné.
error-authentication-required = Il faut se connecter pour cela.
error-insufficient-scope = Votre mode de connexion ne permet pas cela.
error-insufficient-user-authentication = Veuillez d’abord saisir de nouveau votre mot de passe.
error-access-denied = Vous n’avez pas le droit de faire cela.
error-unconfirmed = Votre adresse e-mail doit d’abord être confirmée. Suivez le lien dans l’e-mail que nous vous avons envoyé, ou demandez-en un autre.
error-deletion-scheduled = Ce compte va bientôt être supprimé. Connectez-vous si vous voulez le conserver.
error-proof-required = Il reste une étape, qui éloigne les robots.
error-not-found = Il n’y a rien à cette adresse. Elle contient peut-être une faute de frappe, ou ce qui s’y trouvait a disparu.
error-method-not-allowed = Cette adresse n’accepte pas ce qui lui a été envoyé.
error-request-timeout = Votre envoi n’est pas arrivé à temps. Veuillez réessayer.
error-conflict = C’est déjà pris, ou cela a changé entre-temps. Veuillez vérifier.
error-content-too-large = C’est plus que ce que nous acceptons en une fois.
error-unsupported-media-type = Ce type de contenu n’est pas accepté ici.
error-idempotency-mismatch = Cela a déjà été envoyé avec un autre contenu.
error-too-many-requests = { $minutes ->
    [0] Trop de tentatives. Veuillez patienter un peu, puis réessayer.
    [1] Trop de tentatives. Veuillez réessayer dans { $seconds ->
        [one] { $seconds } seconde
       *[other] { $seconds } secondes
    }.
   *[other] Trop de tentatives. Veuillez réessayer dans { $minutes } minutes.
}
error-server-error = Quelque chose a échoué de notre côté. Cela a été noté. Veuillez réessayer dans un instant.
error-temporarily-unavailable = Il y a trop d’affluence en ce moment. Veuillez réessayer dans un instant.

## Pourquoi quelque chose a été refusé, plus précisément

csrf = Ce formulaire est resté ouvert trop longtemps, ou n’a pas été envoyé depuis ce site. Veuillez l’envoyer de nouveau.
mail-off = Ce service n’envoie pas d’e-mails. Veuillez vous adresser à ses responsables.
code-wrong = Le code est erroné ou n’est plus valable. Demandez un nouvel e-mail.
link-used = Il a fait son office et ne sert plus à rien.
link-expired = Pour votre sécurité, les liens ne sont valables que peu de temps. Demandez un nouvel e-mail, et vous en recevrez un nouveau.
link-unknown = Peut-être n’a-t-il pas été copié en entier, ou un e-mail plus récent l’a remplacé. Ouvrez le lien du dernier e-mail, ou demandez-en un nouveau.
address-same = C’est déjà votre adresse.
address-taken = Cette adresse e-mail a été prise entre-temps.
current-password-wrong = Le mot de passe actuel est erroné.
name-needed = Un nom d’utilisateur ou une adresse e-mail est nécessaire.
name-empty = Ce champ ne peut pas rester vide.
name-too-long = C’est trop long : un nom d’utilisateur compte au plus 64 caractères, une adresse e-mail 254.
name-blank = Il y a une espace au début ou à la fin, ou deux de suite.
name-forbidden = Il s’y trouve un caractère qui n’est pas permis ici.
name-looks-like-token = Cela ressemble à une clé, pas à un nom. Veuillez en choisir un autre.
name-not-an-address = Ce n’est pas une adresse e-mail. Une adresse ressemble à nom@example.com.
username-taken = Ce nom d’utilisateur est déjà pris.
email-taken = Cette adresse e-mail est déjà prise.
email-needed = Une adresse e-mail est nécessaire.
password-too-short = Le mot de passe doit compter au moins { $min } caractères. Ajoutez un mot ou deux.
password-too-long = Le mot de passe est trop long. Choisissez-en un plus court.
password-common = C’est l’un des premiers mots de passe que les attaquants essaient. Choisissez-en un qui ne soit qu’à vous.
password-own-name = Le mot de passe ne doit pas être tiré de votre nom, de votre adresse ni du nom de ce service. Choisissez des mots qui n’ont rien à voir avec eux.
invitation-address = L’invitation a été envoyée à une autre adresse. N’indiquez pas celle-ci.
invitation-needed = On ne peut s’inscrire ici que sur invitation. Utilisez le lien reçu par e-mail.
sign-up-closed = Personne ne peut s’inscrire ici. Veuillez demander un compte aux responsables de ce service.
sign-up-too-many = { $minutes ->
    [0] Trop de comptes ont été créés depuis votre réseau. Veuillez réessayer plus tard.
    [1] Trop de comptes ont été créés depuis votre réseau. Veuillez réessayer dans une minute.
   *[other] Trop de comptes ont été créés depuis votre réseau. Veuillez réessayer dans { $minutes } minutes.
}
key-name = Le nom doit compter de 1 à 100 caractères.
keys-too-many = Vous avez 1000 clés d’API, le maximum. Révoquez-en d’abord une.
admin-stays = Les administrateurs restent. Demandez d’abord à quelqu’un d’autre de vous retirer ce rôle.
days-wrong = Un nombre de jours est attendu, de 1 à 65535, ou rien.
language-unknown = Il n’y a pas de pages dans cette langue.

## La force d’un mot de passe, à côté de son champ

strength-0 = Très faible : deviné tout de suite. Ajoutez un mot ou deux.
strength-1 = Faible : vite deviné. Ajoutez un mot ou deux.
strength-2 = Moyen : un mot de plus le rendrait fort.
strength-3 = Fort.
strength-4 = Très fort.

## La boîte de réception : des e-mails qui n’ont pas été envoyés, pour les essais

inbox-title = Boîte de réception
inbox-what = Rien n’est envoyé d’ici : voici les e-mails que ce service aurait envoyés, le plus récent en premier.
inbox-empty = Pas encore d’e-mail. Créez un compte ou demandez un nouveau mot de passe, et il apparaîtra ici.
inbox-to = À
inbox-when = Écrit
inbox-html = L’e-mail tel que les logiciels de messagerie l’affichent
inbox-text = En texte brut

## Créer un compte

sign-up-title = Créer un compte
sign-up-submit = Créer le compte
sign-up-have = Vous avez déjà un compte ?
sign-up-invited = Votre invitation a été envoyée à cette adresse.
field-email-optional = Adresse e-mail (facultative)
sign-up-wait = { $seconds ->
    [one] Pour éloigner les robots, veuillez attendre { $seconds } seconde, saisir de nouveau votre mot de passe et envoyer le formulaire encore une fois.
   *[other] Pour éloigner les robots, veuillez attendre { $seconds } secondes, saisir de nouveau votre mot de passe et envoyer le formulaire encore une fois.
}
message-sign-up-waits-title = C’est presque fait
sign-up-waits = Votre compte est créé. Avant qu’il puisse servir, les responsables de ce service doivent le confirmer.
sign-up-no-script = Sans JavaScript, c’est un peu plus long : nous vous demandons d’attendre quelques secondes et d’envoyer de nouveau le formulaire. Cela éloigne les robots.
proof-working = Votre navigateur fait un petit calcul qui éloigne les robots…
proof-done = C’est fait : votre navigateur a montré qu’il n’est pas un robot.

## Le compte

account-title = Compte
account-profile = Profil
account-password = Mot de passe
account-sessions = Sessions
account-keys = Clés d’API
account-data = Vos données
account-no-name = Aucun
account-no-email = Aucune
account-confirmed = confirmée
account-unconfirmed = pas encore confirmée
account-since = Compte créé
account-resend = Envoyer de nouveau l’e-mail de confirmation
account-email-title = Une autre adresse e-mail
account-email-what = Nous envoyons un e-mail à la nouvelle adresse. L’ancienne reste en place jusqu’à ce que vous suiviez le lien qu’il contient, et les deux en sont informées.
account-email-off = Ce service n’envoie pas d’e-mails ; une adresse ne peut donc pas être confirmée ici. Veuillez vous adresser à ses responsables.
field-new-email = Nouvelle adresse e-mail
account-email-submit = Envoyer l’e-mail
account-language-title = Langue
account-language-what = De ces pages et des e-mails que nous vous envoyons.
account-language = Langue
account-language-browser = Celle que demande mon navigateur
account-language-submit = Enregistrer la langue

## Le compte : mot de passe

account-password-what = Quand vous le changez, toutes les autres sessions prennent fin et les clés d’API ne fonctionnent plus. Vous restez connecté ici.
account-password-submit = Changer le mot de passe

## Le compte : sessions et appareils

list-newer = Plus récents
list-older = Plus anciens
sessions-what = Là où votre compte est ouvert. Si vous ne reconnaissez pas l’une de ces sessions, mettez-y fin et changez votre mot de passe.
sessions-unknown = Appareil inconnu
sessions-current = celle-ci
sessions-remembered = reste connectée
sessions-client = programme
sessions-place = depuis { $place }
sessions-started = ouverte
sessions-seen = vue pour la dernière fois
sessions-end = Terminer
sessions-end-this = Terminer la session de { $what }
sessions-end-others = Terminer toutes les autres sessions
sessions-end-others-what = Les clés d’API ne fonctionneront plus non plus.
devices-title = Appareils connus
devices-what = Les navigateurs avec lesquels vous vous êtes connecté. Une connexion avec un autre vous sera signalée par e-mail.
devices-since = connu depuis
devices-forget = Oublier
devices-forget-this = Oublier { $what }
devices-none = Aucun pour l’instant.

## Le compte : clés d’API

keys-what = Une clé permet à un programme d’agir pour vous sans votre mot de passe. Donnez à chaque programme la sienne, et pas plus de droits qu’il n’en faut.
keys-none = Vous n’avez pas de clés d’API.
keys-created = Votre nouvelle clé « { $name } »
keys-once = Copiez-la maintenant : elle n’est affichée qu’une seule fois, et nous n’en gardons pas de copie.
keys-may = Peut : { $scope }
keys-may-nothing = Peut seulement dire qui vous êtes
keys-made = créée
keys-used = utilisée pour la dernière fois
keys-unused = jamais utilisée
keys-expires = expire
keys-lasts = n’expire pas
keys-revoke = Révoquer
keys-revoke-this = Révoquer la clé { $name }
keys-new = Créer une clé
keys-name = Nom
keys-name-hint = Pour la reconnaître, par exemple « script de sauvegarde ».
keys-scope = Ce qu’elle peut faire
keys-scope-hint = Des mots séparés par des espaces. Laissez vide pour une clé qui dit seulement qui vous êtes.
keys-expiry = Expire
keys-days = { $days ->
    [one] après { $days } jour
   *[other] après { $days } jours
}
keys-never = jamais
keys-submit = Créer la clé

## Le compte : les données et la fin

data-export-title = Emportez vos données
data-export-what = Un fichier (JSON) avec tout ce qui est enregistré sur vous. Les mots de passe et les clés n’y sont pas : nous ne pouvons pas les lire nous-mêmes.
data-export = Télécharger
data-delete-title = Supprimer le compte
data-delete-what = { $days ->
    [0] Votre compte et tout ce qui est enregistré sur vous seront supprimés immédiatement.
    [one] Votre compte et tout ce qui est enregistré sur vous seront supprimés après { $days } jour, pendant lequel vous pouvez changer d’avis.
   *[other] Votre compte et tout ce qui est enregistré sur vous seront supprimés après { $days } jours, pendant lesquels vous pouvez changer d’avis.
}
data-delete = Supprimer le compte…
data-deletes = Votre compte sera supprimé :
data-keep = Conserver mon compte
delete-title = Supprimer le compte
delete-ends = Toutes vos sessions prendront fin immédiatement, et les clés d’API ne fonctionneront plus.
delete-when = { $days ->
    [0] Le compte sera supprimé immédiatement.
    [one] Pendant { $days } jour, vous pouvez vous connecter et changer d’avis. Ensuite, le compte sera supprimé.
   *[other] Pendant { $days } jours, vous pouvez vous connecter et changer d’avis. Ensuite, le compte sera supprimé.
}
delete-gone = Après cela, personne ne pourra le rétablir, nous non plus.
delete-submit = Supprimer mon compte
delete-no = Le conserver
