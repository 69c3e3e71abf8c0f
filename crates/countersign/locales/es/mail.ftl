# Los textos de los mensajes: para cada tipo un asunto, que también es el título, una frase que dice
# qué ha ocurrido y un consejo para quien no haya sido; con enlace, también su botón.

## En varios mensajes

mail-hello = Hola, { $name }:
mail-hello-nobody = Hola:

mail-code = O escriba este código en la página donde pidió este mensaje:
mail-minutes = El enlace es válido durante { $minutes ->
        [one] un minuto
       *[other] { $minutes } minutos
    } y funciona una sola vez.
mail-code-minutes = El enlace es válido durante { $minutes ->
        [one] un minuto
       *[other] { $minutes } minutos
    } y el código durante { $code_minutes ->
        [one] un minuto
       *[other] { $code_minutes } minutos
    }. Solo funciona el primero que use, y una sola vez.
mail-copy-link = Si el botón no funciona, copie esta dirección en su navegador:

mail-link = { $what }:

mail-when = Hora: { $when }
mail-device = Dispositivo: { $device }
mail-place = Dirección de red: { $place }
mail-new-address = Nueva dirección: { $new_address }
mail-deletes-at = Eliminación: { $deletes_at }

mail-footer = Enviado por { $service } a { $address }. Este mensaje es automático y nadie lee las respuestas.

## confirm

mail-confirm-subject = Confirme su dirección para { $service }
mail-confirm-intro = Alguien, seguramente usted, ha indicado esta dirección para una cuenta en { $service }. Confirme que es suya.
mail-confirm-button = Confirmar la dirección
mail-confirm-not-you = Si no ha sido usted, ignore este mensaje: la dirección quedará sin confirmar.

## reset

mail-reset-subject = Una contraseña nueva para { $service }
mail-reset-intro = Alguien, seguramente usted, ha pedido una contraseña nueva para su cuenta en { $service }.
mail-reset-button = Elegir una contraseña nueva
mail-reset-not-you = Si no ha sido usted, ignore este mensaje: su contraseña no cambia.

## change-address

mail-change-address-subject = Confirme su nueva dirección para { $service }
mail-change-address-intro = Alguien quiere usar esta dirección para su cuenta en { $service }. Si ha sido usted, confírmela.
mail-change-address-button = Usar esta dirección
mail-change-address-not-you = Si no ha sido usted, ignore este mensaje: la dirección no se usará.

## address-changing

mail-address-changing-subject = Su dirección en { $service } va a cambiar
mail-address-changing-intro = Alguien que ha iniciado sesión en su cuenta en { $service } ha pedido cambiar su dirección. Antes hay que confirmar la nueva; hasta entonces sigue valiendo esta.
mail-address-changing-not-you = Si no ha sido usted, otra persona está en su cuenta: inicie sesión, cambie la contraseña y cierre todas las demás sesiones.

## address-changed

mail-address-changed-subject = Su dirección en { $service } ha cambiado
mail-address-changed-intro = Su cuenta en { $service } tiene ahora otra dirección. Su dueño la ha confirmado, y a partir de ahora los mensajes se envían allí.
mail-address-changed-not-you = Si no ha sido usted, otra persona tiene su cuenta: avise de inmediato a los responsables de { $service }.

## new-device

mail-new-device-subject = Nuevo dispositivo en su cuenta de { $service }
mail-new-device-intro = Alguien ha iniciado sesión en su cuenta en { $service } con un navegador que no se había usado antes. Si ha sido usted, no tiene que hacer nada.
mail-new-device-not-you = Si no ha sido usted, otra persona conoce su contraseña: cámbiela y cierre todas las demás sesiones.

## password-changed

mail-password-changed-subject = Su contraseña en { $service } ha cambiado
mail-password-changed-intro = La contraseña de su cuenta en { $service } es ahora otra. Las demás sesiones se han cerrado.
mail-password-changed-not-you = Si no ha sido usted, elija cuanto antes «He olvidado la contraseña» en la página de inicio de sesión y avise a los responsables de { $service }.

## account-exists

mail-account-exists-subject = Ya tiene una cuenta en { $service }
mail-account-exists-intro = Alguien, quizá usted, ha indicado esta dirección para una cuenta en { $service }. Ya existe una, y no se ha cambiado nada. Si ha olvidado la contraseña, la página de inicio de sesión le ayudará.
mail-account-exists-button = Iniciar sesión
mail-account-exists-not-you = Si no ha sido usted, ignore este mensaje: nadie ha sabido que tiene una cuenta.

## invitation

mail-invitation-subject = Invitación a { $service }
mail-invitation-intro = Recibe esta invitación para crear una cuenta en { $service } con esta dirección.
mail-invitation-button = Crear una cuenta
mail-invitation-days = La invitación es válida durante { $days ->
        [one] un día
       *[other] { $days } días
    } y funciona una sola vez.
mail-invitation-not-you = Si no desea una cuenta, ignore este mensaje.

## deletion-announced

mail-deletion-announced-subject = { $days ->
    [0] Su cuenta en { $service } se ha eliminado
   *[other] Su cuenta en { $service } se va a eliminar
}
mail-deletion-announced-intro = { $days ->
    [0] Tal como se ha pedido en su cuenta, se ha eliminado, con todo lo que { $service } sabía de usted. Nadie puede recuperarla.
   *[other] Tal como se ha pedido en su cuenta, se eliminará dentro de { $days ->
        [one] un día
       *[other] { $days } días
    }, con todo lo que { $service } sabe de usted. Hasta entonces puede iniciar sesión y conservarla; después nadie podrá recuperarla.
}
mail-deletion-announced-button = Conservar la cuenta
mail-deletion-announced-not-you = { $days ->
    [0] Si no ha sido usted, avise de inmediato a los responsables de { $service }.
   *[other] Si no ha sido usted, inicie sesión, conserve la cuenta y cambie la contraseña.
}

## session-stolen

mail-session-stolen-subject = Se ha cerrado una sesión en { $service } por su seguridad
mail-session-stolen-intro = La cookie con la que { $service } reconoce uno de sus navegadores se ha usado por segunda vez. Quizá alguien la haya copiado, así que hemos cerrado esa sesión. Basta con que vuelva a iniciar sesión.
mail-session-stolen-not-you = Si no ha trasladado ni restaurado usted un navegador, cambie la contraseña y cierre todas las demás sesiones.
