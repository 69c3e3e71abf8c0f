# Texts of the pages. What is not here is shown in English.
