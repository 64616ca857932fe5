# The demonstration's mail.
posta-titolo = Posta di prova
posta-sommario = Qui arrivano i messaggi che lo sportello avrebbe spedito. Nella dimostrazione non parte nessuna e-mail.
posta-vuota = Ancora nessun messaggio
posta-vuota-testo = Invia una segnalazione, una lettera o una richiesta: la ricevuta arriva qui dopo pochi secondi.
posta-vai = Vai alla pagina iniziale
posta-altre = Qui vedi i 100 più recenti.
posta-senza-oggetto = Messaggio senza oggetto
posta-da = Da
posta-a = A
posta-data = Data
posta-allegati = Allegati
posta-allegato-senza-nome = allegato
posta-torna = Torna all'elenco dei messaggi
