# Les textes des messages : pour chaque sorte un objet, qui sert aussi de titre, une phrase qui dit
# ce qui s’est passé et un conseil pour qui n’y est pour rien ; avec un lien, aussi son bouton.

## Dans plusieurs messages

mail-hello = Bonjour { $name },
mail-hello-nobody = Bonjour,

mail-code = Ou saisissez ce code sur la page où vous avez demandé ce message :
mail-minutes = Le lien est valable { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    } et ne fonctionne qu’une fois.
mail-code-minutes = Le lien est valable { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }, le code { $code_minutes ->
        [one] { $code_minutes } minute
       *[other] { $code_minutes } minutes
    }. Seul le premier utilisé fonctionne, et une seule fois.
mail-copy-link = Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :

mail-link = { $what } :

mail-when = Heure : { $when }
mail-device = Appareil : { $device }
mail-place = Adresse réseau : { $place }
mail-new-address = Nouvelle adresse : { $new_address }
mail-deletes-at = Suppression : { $deletes_at }

mail-footer = Envoyé par { $service } à { $address }. Ce message est automatique ; personne ne lit les réponses.

## confirm

mail-confirm-subject = Confirmez votre adresse pour { $service }
mail-confirm-intro = Quelqu’un, sans doute vous, a indiqué cette adresse pour un compte chez { $service }. Veuillez confirmer qu’elle est bien à vous.
mail-confirm-button = Confirmer l’adresse
mail-confirm-not-you = Si ce n’était pas vous, ignorez ce message : l’adresse restera non confirmée.

## reset

mail-reset-subject = Un nouveau mot de passe pour { $service }
mail-reset-intro = Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour votre compte chez { $service }.
mail-reset-button = Choisir un nouveau mot de passe
mail-reset-not-you = Si ce n’était pas vous, ignorez ce message : votre mot de passe reste le même.

## change-address

mail-change-address-subject = Confirmez votre nouvelle adresse pour { $service }
mail-change-address-intro = Quelqu’un souhaite utiliser cette adresse pour son compte chez { $service }. Si c’est vous, veuillez la confirmer.
mail-change-address-button = Utiliser cette adresse
mail-change-address-not-you = Si ce n’était pas vous, ignorez ce message : l’adresse ne sera pas utilisée.

## address-changing

mail-address-changing-subject = Votre adresse chez { $service } va changer
mail-address-changing-intro = Quelqu’un de connecté à votre compte chez { $service } a demandé à en changer l’adresse. La nouvelle doit d’abord être confirmée ; jusque-là, celle-ci reste valable.
mail-address-changing-not-you = Si ce n’était pas vous, une autre personne est dans votre compte : connectez-vous, changez votre mot de passe et mettez fin à toutes les autres sessions.

## address-changed

mail-address-changed-subject = Votre adresse chez { $service } a été changée
mail-address-changed-intro = Votre compte chez { $service } a désormais une autre adresse. La personne à qui elle appartient l’a confirmée, et les messages y seront envoyés dorénavant.
mail-address-changed-not-you = Si ce n’était pas vous, une autre personne a pris votre compte : prévenez immédiatement les responsables de { $service }.

## new-device

mail-new-device-subject = Nouvel appareil sur votre compte chez { $service }
mail-new-device-intro = Quelqu’un s’est connecté à votre compte chez { $service } avec un navigateur qui n’y avait encore jamais servi. Si c’était vous, vous n’avez rien à faire.
mail-new-device-not-you = Si ce n’était pas vous, une autre personne connaît votre mot de passe : changez-le et mettez fin à toutes les autres sessions.

## password-changed

mail-password-changed-subject = Votre mot de passe chez { $service } a été changé
mail-password-changed-intro = Le mot de passe de votre compte chez { $service } n’est plus le même. Les autres sessions ont pris fin.
mail-password-changed-not-you = Si ce n’était pas vous, choisissez tout de suite « Mot de passe oublié » sur la page de connexion et prévenez les responsables de { $service }.

## account-exists

mail-account-exists-subject = Vous avez déjà un compte chez { $service }
mail-account-exists-intro = Quelqu’un, peut-être vous, a indiqué cette adresse pour un compte chez { $service }. Il en existe déjà un, et rien n’y a été changé. Si vous avez oublié votre mot de passe, la page de connexion vous aidera.
mail-account-exists-button = Se connecter
mail-account-exists-not-you = Si ce n’était pas vous, ignorez ce message : personne n’a appris que vous avez un compte.

## invitation

mail-invitation-subject = Invitation à rejoindre { $service }
mail-invitation-intro = Nous vous invitons à créer un compte chez { $service } avec cette adresse.
mail-invitation-button = Créer un compte
mail-invitation-days = L’invitation est valable { $days ->
        [one] { $days } jour
       *[other] { $days } jours
    } et ne fonctionne qu’une fois.
mail-invitation-not-you = Si vous ne voulez pas de compte, ignorez ce message.

## deletion-announced

mail-deletion-announced-subject = { $days ->
    [0] Votre compte chez { $service } a été supprimé
   *[other] Votre compte chez { $service } va être supprimé
}
mail-deletion-announced-intro = { $days ->
    [0] Comme demandé dans votre compte, il a été supprimé, avec tout ce que { $service } savait de vous. Personne ne peut le rétablir.
   *[other] Comme demandé dans votre compte, il sera supprimé dans { $days ->
        [one] { $days } jour
       *[other] { $days } jours
    }, avec tout ce que { $service } sait de vous. D’ici là, vous pouvez vous connecter et le conserver ; ensuite, personne ne pourra le rétablir.
}
mail-deletion-announced-button = Conserver le compte
mail-deletion-announced-not-you = { $days ->
    [0] Si ce n’était pas vous, prévenez immédiatement les responsables de { $service }.
   *[other] Si ce n’était pas vous, connectez-vous, conservez le compte et changez votre mot de passe.
}

## session-stolen

mail-session-stolen-subject = Une session chez { $service } a été fermée pour votre sécurité
mail-session-stolen-intro = Le cookie par lequel { $service } reconnaît l’un de vos navigateurs a servi une seconde fois. Il a peut-être été copié ; nous avons donc mis fin à cette session. Il vous suffit de vous reconnecter.
mail-session-stolen-not-you = Si vous n’avez pas vous-même déplacé ou restauré un navigateur, changez votre mot de passe et mettez fin à toutes les autres sessions.
