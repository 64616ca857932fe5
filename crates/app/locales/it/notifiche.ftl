# E-mail to citizens. Subjects carry the register's subject and the numbers, never the citizen's own words.
notifica-oggetto-ricevuta = Ricevuta prot. { $protocollo } - { $oggetto } - { $codice }
notifica-oggetto-presa-in-carico = Presa in carico prot. { $protocollo } - { $oggetto } - { $codice }
notifica-oggetto-conclusione = Risposta prot. { $protocollo } - { $oggetto } - { $codice }

notifica-saluto = Gentile { $nome },

# What this message is. One for each kind of case.
notifica-intro-ricevuta-segnalazione = abbiamo ricevuto la tua segnalazione e l'abbiamo registrata al protocollo. Questa è la copia della ricevuta: conservala.
notifica-intro-ricevuta-lettera = abbiamo ricevuto la tua lettera e l'abbiamo registrata al protocollo. Questa è la copia della ricevuta: conservala.
notifica-intro-ricevuta-istanza = abbiamo ricevuto la tua istanza e l'abbiamo registrata al protocollo. Questa è la copia della ricevuta, che vale anche come comunicazione di avvio del procedimento (legge 241/1990, articoli 8 e 18-bis): conservala.
notifica-intro-presa-in-carico-segnalazione = l'ufficio ha preso in carico la tua segnalazione. Ti scriveremo di nuovo quando sarà risolta.
notifica-intro-presa-in-carico-lettera = la tua lettera è stata letta e presa in carico. Ti scriveremo di nuovo quando ci sarà la risposta.
notifica-intro-presa-in-carico-istanza = l'ufficio ha preso in carico la tua istanza. Ti scriveremo di nuovo quando sarà conclusa.
notifica-intro-conclusione-segnalazione = abbiamo concluso il lavoro sulla tua segnalazione.
notifica-intro-conclusione-lettera = c'è una risposta alla tua lettera.
notifica-intro-conclusione-istanza = il procedimento avviato con la tua istanza è concluso.

notifica-titolo-ricevuta = Ricevuta
notifica-titolo-contenuto = Che cosa hai inviato
notifica-titolo-allegati = File allegati
notifica-titolo-risposta = Chi risponde ed entro quando
notifica-titolo-pratica = La tua pratica
notifica-titolo-esito = La risposta
notifica-titolo-seguire = Come seguire la pratica
notifica-titolo-rimedi = Se non ricevi risposta

notifica-voce-ente = Ente
notifica-voce-protocollo = Numero di protocollo
notifica-voce-data = Data e ora di registrazione
notifica-voce-registro = Registro
notifica-voce-impronta = Impronta SHA-256 del documento registrato
notifica-voce-codice = Codice della pratica
notifica-voce-oggetto = Oggetto
notifica-voce-richiedente = Inviata da
notifica-voce-categoria = Tipo di disservizio
notifica-voce-servizio = Servizio
notifica-voce-titolo = Titolo
notifica-voce-dettagli = Dettagli
notifica-voce-testo = Testo
notifica-voce-luogo = Luogo
notifica-voce-coordinate = Coordinate
notifica-voce-risposte = Le tue risposte
notifica-voce-ufficio = Ufficio
notifica-voce-contatti = Contatti dell'ufficio
notifica-voce-responsabile = Responsabile
notifica-voce-entro = Risposta entro il
notifica-voce-silenzio = Se il termine passa senza risposta
notifica-voce-preso-in-carico = Presa in carico il
notifica-voce-concluso = Conclusa il
notifica-voce-firma = Ha risposto
notifica-voce-protocollo-risposta = Protocollo della risposta

notifica-data-e-ora = { $data } alle { $ora } (ora italiana)
notifica-protocollo-del = { $segnatura } del { $data }
notifica-responsabile-ufficio = il responsabile dell'ufficio, finché la pratica non è assegnata a una persona
notifica-risposte-riservate = per riservatezza non sono in questo messaggio: le trovi nella tua area personale
notifica-nessun-allegato = Non hai allegato file.
notifica-allegato = { $nome } ({ $byte } byte), impronta SHA-256: { $impronta }
notifica-allegato-senza-nome = file
notifica-silenzio-assenso = la richiesta si intende accolta (legge 241/1990, articolo 20)
notifica-silenzio-rigetto = la richiesta si intende respinta
notifica-silenzio-inadempimento = il silenzio non equivale a una risposta: il Comune resta obbligato a rispondere
notifica-esito-riservato = Per riservatezza non la riportiamo in questo messaggio: la trovi nella tua area personale.

notifica-seguire = Nella tua area personale vedi a che punto è la pratica, i documenti e i messaggi dell'ufficio:

# Remedies against inertia (L. 241/1990 artt. 2 c. 9-bis and 8 c. 2 c-bis; CPA art. 31). A report and a letter open no proceeding.
notifica-rimedi-segnalazione = Se entro la data indicata non hai notizie, scrivi o telefona all'ufficio indicando il codice della pratica, oppure rivolgiti all'Ufficio relazioni con il pubblico.
notifica-rimedi-lettera = Se entro la data indicata non hai notizie, scrivi o telefona all'ufficio indicando il codice della pratica, oppure rivolgiti all'Ufficio relazioni con il pubblico.
notifica-rimedi-istanza = Se il termine passa senza risposta puoi chiedere l'intervento del titolare del potere sostitutivo (legge 241/1990, articolo 2, comma 9-bis), che conclude il procedimento entro la metà del termine originario. Puoi anche ricorrere al Tribunale amministrativo regionale contro il silenzio, finché dura e comunque entro un anno dalla scadenza del termine (codice del processo amministrativo, articolo 31).

notifica-copia-di-cortesia = Questo messaggio è una copia di cortesia e non ha valore di notificazione: le comunicazioni con valore legale arrivano al tuo domicilio digitale, se ne hai eletto uno (codice dell'amministrazione digitale, articolo 3-bis). Fa fede quanto è registrato al protocollo.
