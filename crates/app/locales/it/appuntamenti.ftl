# Appointments.

appuntamento-liberi = Orari ancora liberi: { $liberi }.
appuntamento-nessun-libero = Al momento non ci sono altri orari liberi.

# Calendar files.
calendario-codice = Codice dell'appuntamento: { $codice }
calendario-da-confermare = L'ufficio deve ancora confermare l'appuntamento.
calendario-cosa-serve = Che cosa portare:
calendario-collegamento = Per spostare o annullare: { $url }
calendario-agenda = Appuntamenti: { $ufficio }
calendario-sportello = Sportello: { $sportello }
