# Filing a request for a service.
istanza-servizi = Servizi
istanza-titolo = Presenta una richiesta
istanza-sommario = Scrivi al Comune che cosa ti serve. La richiesta apre una pratica, con un numero di protocollo e una data entro cui ti rispondiamo.
istanza-passo-dati = Dati della richiesta
istanza-finalita = Servono a ricevere la tua richiesta, a esaminarla e a risponderti.
istanza-invia = Conferma e invia
istanza-dopo = Quando invii, la richiesta riceve un numero di protocollo e arriva all'ufficio competente. Ricevi una copia per e-mail.
istanza-servizio = Servizio
istanza-servizio-termine = ti rispondiamo entro { $giorni } giorni.
istanza-tua-richiesta = La tua richiesta
istanza-dichiarazione-titolo = Quello che dichiari ha valore legale
istanza-dichiarazione-testo = I dati che invii valgono come dichiarazioni sostitutive (DPR 445/2000, articoli 46 e 47). Chi dichiara il falso perde i benefici ottenuti (articolo 75) ed è punito secondo la legge (articolo 76). Il Comune può fare controlli (articolo 71).

# A draft begun from an earlier request.
bozza-copiata = Abbiamo riportato le risposte della pratica { $codice }: rileggile prima di inviare. I file non sono copiati, allegali di nuovo se servono; anche le dichiarazioni vanno confermate di nuovo.
