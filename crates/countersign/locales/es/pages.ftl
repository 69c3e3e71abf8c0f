# Los textos de las páginas, ordenados por página. Las notas para quien traduce están en el archivo
# inglés.

## En todas las páginas

skip = Ir al contenido
log-out = Cerrar sesión
choose-language = Idioma
home = Inicio

## Los campos, dondequiera que estén

field-login = Nombre de usuario o correo electrónico
field-username = Nombre de usuario
field-email = Correo electrónico
field-password = Contraseña
field-new-password = Contraseña nueva
field-current-password = Contraseña actual
field-code = Código del mensaje
password-show = Mostrar
password-hide = Ocultar
password-show-what = Mostrar la contraseña
password-hide-what = Ocultar la contraseña
password-hint = Al menos { $min } caracteres. Unas cuantas palabras seguidas son fáciles de recordar y difíciles de adivinar.
optional = opcional
cancel = Cancelar
back-to-login = Volver al inicio de sesión
copy = Copiar
copied = Copiado

## Iniciar sesión

login-title = Iniciar sesión
login-forgot = ¿Ha olvidado la contraseña?
login-remember = Mantener la sesión iniciada en este dispositivo
login-submit = Iniciar sesión
login-new = ¿Es su primera visita?
login-sign-up = Crear una cuenta

## La contraseña otra vez

reauthenticate-title = Confirme que es usted
reauthenticate-why = Lo que viene ahora podría causar daño en malas manos, así que escriba otra vez su contraseña.
reauthenticate-as = Ha iniciado sesión como { $name }.
reauthenticate-submit = Continuar

## Cerrar sesión

logout-title = Cerrar sesión
logout-question = ¿Desea cerrar la sesión en este dispositivo?
logout-yes = Cerrar sesión
logout-no = Mantener la sesión

## Contraseña olvidada

forgot-title = Contraseña olvidada
forgot-what = Díganos quién es y le enviaremos un mensaje con un enlace para elegir una contraseña nueva.
forgot-submit = Enviar el mensaje
forgot-mail-off = Este servicio no envía correo, así que no puede ayudarle a obtener una contraseña nueva. Diríjase a sus responsables.

## Un mensaje está en camino

check-title = Mire su correo
check-confirm = Hemos enviado un mensaje a { $email }. Siga el enlace que contiene para confirmar que la dirección es suya.
check-reset = Si existe una cuenta para { $email }, hemos enviado un mensaje a su dirección. Siga el enlace que contiene para elegir una contraseña nueva.
check-change = Hemos enviado un mensaje a { $email }. Su dirección anterior sigue valiendo hasta que siga el enlace que contiene.
check-somewhere = Le hemos enviado un mensaje. Siga el enlace que contiene o escriba aquí su código.
check-code = ¿Lee el correo en otro dispositivo? Escriba aquí el código del mensaje.
check-code-hint = Ocho letras y cifras, por ejemplo ABCD-EFGH. Solo funciona en este navegador.
check-submit = Continuar
check-nothing = ¿No ha llegado nada después de unos minutos? Mire en la carpeta de correo no deseado.
check-again = Pedir otro mensaje

## Elegir una contraseña nueva

reset-title = Elegir una contraseña nueva
reset-for = Para la cuenta de { $email }.
reset-ends = Se cerrarán todas sus sesiones, en este dispositivo y en los demás, y las claves de API dejarán de funcionar.
reset-submit = Guardar la contraseña

## Confirmar una dirección

confirm-title = Confirme su dirección
confirm-what = ¿Es { $email } su dirección? Con un clic quedará confirmada.
confirm-submit = Confirmar la dirección
confirm-not-you = Si no ha pedido esto, cierre la página sin más: no ocurrirá nada.

change-title = Confirme su nueva dirección
change-what = A partir de ahora, { $email } será la dirección de su cuenta. También se lo comunicaremos a su dirección anterior.
change-submit = Cambiar la dirección

resend-title = Otro mensaje
resend-what = Díganos la dirección de su cuenta y volveremos a enviar el mensaje para confirmarla.
resend-submit = Enviar el mensaje

## Un aviso y el paso siguiente

message-title = Un aviso
message-next = Continuar
message-link-used-title = Este enlace ya se ha usado
message-link-expired-title = Este enlace ha caducado
message-link-unknown-title = Este enlace no funciona
message-link-used-next = Seguir desde aquí
message-link-expired-next = Pedir un mensaje nuevo
message-link-unknown-next = Pedir un mensaje nuevo

## Páginas de error

error-title = Algo no va bien
error-title-403 = Eso no está permitido
error-title-404 = Aquí no hay nada
error-title-405 = Eso no funciona aquí
error-title-429 = Un poco más despacio, por favor
error-title-500 = Ha sido culpa nuestra
error-title-503 = Demasiada actividad ahora mismo
error-home = Ir al inicio

## Lo que se acaba de hacer

notice-confirmed = Su dirección está confirmada.
notice-email-changed = Su dirección ha cambiado.
notice-reset = Su contraseña nueva está guardada. Inicie sesión con ella.
notice-logged-out = Ha cerrado la sesión.
notice-signed-up = Su cuenta está creada. Inicie sesión con ella.
notice-again = Gracias. Ahora hágalo otra vez, por favor.
notice-language = Su idioma está guardado.
notice-password-changed = Su contraseña ha cambiado. Todas las demás sesiones se han cerrado.
notice-session-ended = La sesión se ha cerrado.
notice-sessions-ended = Todas las demás sesiones se han cerrado.
notice-device-forgotten = El dispositivo se ha olvidado.
notice-key-revoked = La clave está revocada: ya no funciona.
notice-export-ready = Gracias. Ahora puede descargar sus datos.
notice-account-kept = Nos alegra que se quede: su cuenta se conserva.
notice-account-leaving = Su cuenta se eliminará. Hasta entonces puede iniciar sesión y conservarla.
notice-account-deleted = Su cuenta se ha eliminado. Hasta siempre.
notice-stolen = Puede que alguien haya copiado lo que mantiene su sesión iniciada aquí, así que la hemos cerrado. Vuelva a iniciar sesión y revise sus sesiones.

## Por qué se ha rechazado algo, según los códigos de error

error-invalid-request = En el formulario falta algo o no es correcto.
error-invalid-client = Este programa no se conoce aquí.
error-invalid-grant = Es incorrecto, ha caducado o ya se ha usado.
error-unauthorized-client = Este programa no puede hacer eso.
error-unsupported-grant-type = Esta forma de iniciar sesión no se admite.
error-invalid-scope = Este permiso es desconocido o va más allá de lo permitido.
error-unsupported-token-type = Este tipo de token no se puede revocar aquí.
error-invalid-token = Su sesión ya no está iniciada. Vuelva a iniciarla.
error-invalid-credentials = El nombre de usuario o la contraseña no son correctos.
error-authentication-required = Para esto hay que iniciar sesión.
error-insufficient-scope = Su forma de acceso no permite hacer esto.
error-insufficient-user-authentication = Escriba antes otra vez su contraseña.
error-access-denied = No puede hacer esto.
error-unconfirmed = Antes hay que confirmar su correo electrónico. Siga el enlace del mensaje que le enviamos o pida otro.
error-deletion-scheduled = Esta cuenta se va a eliminar. Inicie sesión si desea conservarla.
error-proof-required = Falta un paso más, que mantiene alejados a los robots.
error-not-found = No hay nada en esta dirección. Puede que esté mal escrita o que lo que había ya no exista.
error-method-not-allowed = Esta dirección no acepta lo que se le ha enviado.
error-request-timeout = Lo que ha enviado no ha llegado a tiempo. Inténtelo de nuevo.
error-conflict = Ya está ocupado o ha cambiado entretanto. Compruébelo de nuevo.
error-content-too-large = Es más de lo que aceptamos de una vez.
error-unsupported-media-type = Este tipo de contenido no se acepta aquí.
error-idempotency-mismatch = Esto ya se envió antes con otro contenido.
error-too-many-requests = { $minutes ->
    [0] Demasiados intentos. Espere un poco y vuelva a intentarlo.
    [1] Demasiados intentos. Vuelva a intentarlo dentro de { $seconds ->
        [one] un segundo
       *[other] { $seconds } segundos
    }.
   *[other] Demasiados intentos. Vuelva a intentarlo dentro de { $minutes } minutos.
}
error-server-error = Algo ha fallado por nuestra parte. Ha quedado registrado. Inténtelo de nuevo dentro de un momento.
error-temporarily-unavailable = Ahora mismo hay demasiada actividad. Inténtelo de nuevo dentro de un momento.

## Por qué se ha rechazado algo, con más detalle

csrf = Este formulario ha estado abierto demasiado tiempo o no se envió desde este sitio. Envíelo otra vez.
mail-off = Este servicio no envía correo. Diríjase a sus responsables.
code-wrong = El código es incorrecto o ya no es válido. Pida un mensaje nuevo.
link-used = Ya ha cumplido su función y no hace nada más.
link-expired = Por su seguridad, los enlaces solo valen durante poco tiempo. Pida un mensaje nuevo y recibirá otro.
link-unknown = Quizá no se copió entero, o un mensaje más reciente lo ha sustituido. Abra el enlace del último mensaje o pida uno nuevo.
address-same = Esta ya es su dirección.
address-taken = Otra persona ha ocupado entretanto esta dirección.
current-password-wrong = La contraseña actual no es correcta.
name-needed = Hace falta un nombre de usuario o un correo electrónico.
name-empty = Esto no puede quedar vacío.
name-too-long = Es demasiado largo: un nombre de usuario tiene como máximo 64 caracteres y un correo electrónico 254.
name-blank = Hay un espacio al principio o al final, o dos seguidos.
name-forbidden = Contiene un carácter que aquí no está permitido.
name-looks-like-token = Parece una clave y no un nombre. Elija otro.
name-not-an-address = No es un correo electrónico. Debe ser como nombre@example.com.
username-taken = Este nombre de usuario ya está ocupado.
email-taken = Este correo electrónico ya está ocupado.
email-needed = Hace falta un correo electrónico.
password-too-short = La contraseña debe tener al menos { $min } caracteres. Añada una o dos palabras.
password-too-long = La contraseña es demasiado larga. Use una más corta.
password-common = Es una de las primeras contraseñas que prueban los atacantes. Elija una que sea solo suya.
password-own-name = La contraseña no puede estar formada con su nombre, su dirección ni el nombre de este servicio. Elija palabras que no tengan nada que ver con ellos.
invitation-address = La invitación se envió a otra dirección. No indique esta.
invitation-needed = Aquí solo es posible registrarse por invitación. Use el enlace del mensaje.
sign-up-closed = Aquí nadie puede registrarse. Pida una cuenta a los responsables de este servicio.
sign-up-too-many = { $minutes ->
    [0] Se han creado demasiadas cuentas desde su red. Vuelva a intentarlo más tarde.
    [1] Se han creado demasiadas cuentas desde su red. Vuelva a intentarlo dentro de un minuto.
   *[other] Se han creado demasiadas cuentas desde su red. Vuelva a intentarlo dentro de { $minutes } minutos.
}
key-name = El nombre debe tener de 1 a 100 caracteres.
keys-too-many = Tiene 1000 claves de API, el máximo. Revoque antes una.
admin-stays = Los administradores se quedan. Pida antes a otra persona que le retire ese papel.
days-wrong = Se espera un número de días, de 1 a 65535, o nada.
language-unknown = No hay páginas en este idioma.

## Lo segura que es una contraseña, junto a su campo

strength-0 = Muy débil: se adivina al instante. Añada una o dos palabras.
strength-1 = Débil: se adivina pronto. Añada una o dos palabras.
strength-2 = Regular: otra palabra la haría fuerte.
strength-3 = Fuerte.
strength-4 = Muy fuerte.

## La bandeja de entrada: mensajes que no se enviaron, para hacer pruebas

inbox-title = Bandeja de entrada
inbox-what = Desde aquí no se envía nada: estos son los mensajes que este servicio habría enviado, primero el más reciente.
inbox-empty = Todavía no hay mensajes. Cree una cuenta o pida una contraseña nueva y aparecerá aquí.
inbox-to = Para
inbox-when = Escrito
inbox-html = El mensaje tal como lo muestran los programas de correo
inbox-text = Como texto sin formato

## Crear una cuenta

sign-up-title = Crear una cuenta
sign-up-submit = Crear la cuenta
sign-up-have = ¿Ya tiene una cuenta?
sign-up-invited = Su invitación se envió a esta dirección.
field-email-optional = Correo electrónico (opcional)
sign-up-wait = { $seconds ->
    [one] Para mantener alejados a los robots, espere un segundo, escriba otra vez su contraseña y envíe el formulario de nuevo.
   *[other] Para mantener alejados a los robots, espere { $seconds } segundos, escriba otra vez su contraseña y envíe el formulario de nuevo.
}
message-sign-up-waits-title = Ya casi está
sign-up-waits = Su cuenta está creada. Antes de poder usarla, los responsables de este servicio tienen que confirmarla.
sign-up-no-script = Sin JavaScript se tarda un poco más: le pedimos que espere unos segundos y envíe el formulario otra vez. Así se mantiene alejados a los robots.
proof-working = Su navegador está haciendo un pequeño cálculo que mantiene alejados a los robots…
proof-done = Listo: su navegador ha demostrado que no es un robot.

## La cuenta

account-title = Cuenta
account-profile = Perfil
account-password = Contraseña
account-sessions = Sesiones
account-keys = Claves de API
account-data = Sus datos
account-no-name = Ninguno
account-no-email = Ninguno
account-confirmed = confirmado
account-unconfirmed = sin confirmar
account-since = Cuenta creada
account-resend = Volver a enviar el mensaje de confirmación
account-email-title = Otro correo electrónico
account-email-what = Enviamos un mensaje a la dirección nueva. La anterior sigue valiendo hasta que siga el enlace de ese mensaje, y se avisa a las dos.
account-email-off = Este servicio no envía correo, así que aquí no se puede confirmar una dirección. Diríjase a sus responsables.
field-new-email = Correo electrónico nuevo
account-email-submit = Enviar el mensaje
account-language-title = Idioma
account-language-what = De estas páginas y de los mensajes que le enviamos.
account-language = Idioma
account-language-browser = El que pida mi navegador
account-language-submit = Guardar el idioma

## La cuenta: contraseña

account-password-what = Al cambiarla se cierran todas las demás sesiones y las claves de API dejan de funcionar. Aquí la sesión sigue iniciada.
account-password-submit = Cambiar la contraseña

## La cuenta: sesiones y dispositivos

list-newer = Más recientes
list-older = Más antiguos
sessions-what = Aquí tiene la sesión iniciada. Si no reconoce alguna, ciérrela y cambie su contraseña.
sessions-unknown = Dispositivo desconocido
sessions-current = esta
sessions-remembered = se mantiene iniciada
sessions-client = programa
sessions-place = desde { $place }
sessions-started = iniciada
sessions-seen = última actividad
sessions-end = Cerrar
sessions-end-this = Cerrar la sesión de { $what }
sessions-end-others = Cerrar todas las demás sesiones
sessions-end-others-what = Las claves de API también dejarán de funcionar.
devices-title = Dispositivos conocidos
devices-what = Navegadores con los que ha iniciado sesión. Si se inicia con otro, se lo comunicamos por correo.
devices-since = conocido desde
devices-forget = Olvidar
devices-forget-this = Olvidar { $what }
devices-none = Todavía ninguno.

## La cuenta: claves de API

keys-what = Con una clave, un programa puede actuar por usted sin su contraseña. Dé a cada programa la suya y no más permisos de los necesarios.
keys-none = No tiene claves de API.
keys-created = Su clave nueva «{ $name }»
keys-once = Cópiela ahora: solo se muestra esta vez y no guardamos ninguna copia.
keys-may = Puede: { $scope }
keys-may-nothing = Solo puede decir quién es usted
keys-made = creada
keys-used = último uso
keys-unused = sin usar
keys-expires = caduca
keys-lasts = no caduca
keys-revoke = Revocar
keys-revoke-this = Revocar la clave { $name }
keys-new = Crear una clave
keys-name = Nombre
keys-name-hint = Para reconocerla, por ejemplo «copia de seguridad».
keys-scope = Lo que puede hacer
keys-scope-hint = Palabras separadas por espacios. Déjelo vacío para una clave que solo diga quién es usted.
keys-expiry = Caduca
keys-days = { $days ->
    [one] después de un día
   *[other] después de { $days } días
}
keys-never = nunca
keys-submit = Crear la clave

## La cuenta: los datos y el final

data-export-title = Llévese sus datos
data-export-what = Un archivo (JSON) con todo lo que hay guardado sobre usted. Las contraseñas y las claves no están: ni nosotros podemos leerlas.
data-export = Descargar
data-delete-title = Eliminar la cuenta
data-delete-what = { $days ->
    [0] Su cuenta y todo lo guardado sobre usted se eliminan de inmediato.
    [one] Su cuenta y todo lo guardado sobre usted se eliminan después de un día, durante el cual puede cambiar de opinión.
   *[other] Su cuenta y todo lo guardado sobre usted se eliminan después de { $days } días, durante los cuales puede cambiar de opinión.
}
data-delete = Eliminar la cuenta…
data-deletes = Su cuenta se eliminará:
data-keep = Conservar mi cuenta
delete-title = Eliminar la cuenta
delete-ends = Todas sus sesiones se cierran de inmediato y las claves de API dejan de funcionar.
delete-when = { $days ->
    [0] La cuenta se elimina de inmediato.
    [one] Durante un día puede iniciar sesión y cambiar de opinión. Después, la cuenta se elimina.
   *[other] Durante { $days } días puede iniciar sesión y cambiar de opinión. Después, la cuenta se elimina.
}
delete-gone = Después nadie podrá recuperarla, tampoco nosotros.
delete-submit = Eliminar mi cuenta
delete-no = Conservarla
