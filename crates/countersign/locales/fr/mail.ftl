# Texts of the mails. What is not here is written in English.
