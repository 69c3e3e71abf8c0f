# Texts of the mails.
