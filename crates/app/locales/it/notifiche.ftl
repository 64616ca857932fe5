# E-mail to citizens. Subjects carry the register's subject and the numbers, never the citizen's own words.
notifica-oggetto-ricevuta = Ricevuta prot. { $protocollo } - { $oggetto } - { $codice }
notifica-oggetto-presa-in-carico = Presa in carico prot. { $protocollo } - { $oggetto } - { $codice }
notifica-oggetto-integrazione-richiesta = Servono altri documenti prot. { $protocollo } - { $oggetto } - { $codice }
notifica-oggetto-integrazione-presentata = Documenti aggiunti prot. { $protocollo } - { $oggetto } - { $codice }
notifica-oggetto-rinuncia = Richiesta ritirata prot. { $protocollo } - { $oggetto } - { $codice }
notifica-oggetto-conclusione = Risposta prot. { $protocollo } - { $oggetto } - { $codice }

notifica-saluto = Gentile { $nome },

# What this message is. One for each kind of case.
notifica-intro-ricevuta-segnalazione = abbiamo ricevuto la tua segnalazione e l'abbiamo registrata al protocollo. Questa è la copia della ricevuta: conservala.
notifica-intro-ricevuta-lettera = abbiamo ricevuto la tua lettera e l'abbiamo registrata al protocollo. Questa è la copia della ricevuta: conservala.
notifica-intro-ricevuta-istanza = abbiamo ricevuto la tua istanza e l'abbiamo registrata al protocollo. Questa è la copia della ricevuta, che vale anche come comunicazione di avvio del procedimento (legge 241/1990, articoli 8 e 18-bis): conservala.
notifica-intro-ricevuta-appuntamento = il tuo appuntamento è prenotato e lo abbiamo registrato. Questa è la copia della ricevuta: conservala.
notifica-intro-presa-in-carico-segnalazione = l'ufficio ha preso in carico la tua segnalazione. Ti scriveremo di nuovo quando sarà risolta.
notifica-intro-presa-in-carico-lettera = la tua lettera è stata letta e presa in carico. Ti scriveremo di nuovo quando ci sarà la risposta.
notifica-intro-presa-in-carico-istanza = l'ufficio ha preso in carico la tua istanza. Ti scriveremo di nuovo quando sarà conclusa.
notifica-intro-presa-in-carico-appuntamento = sei stato chiamato allo sportello.
notifica-intro-conclusione-segnalazione = abbiamo concluso il lavoro sulla tua segnalazione.
notifica-intro-conclusione-lettera = c'è una risposta alla tua lettera.
notifica-intro-conclusione-appuntamento = il tuo appuntamento si è svolto.
notifica-intro-conclusione-istanza = il procedimento avviato con la tua istanza è concluso.

notifica-intro-integrazione-richiesta = per proseguire con la tua istanza all'ufficio servono altri documenti o informazioni.
notifica-intro-integrazione-presentata = abbiamo ricevuto quello che hai aggiunto alla tua istanza e l'abbiamo registrato al protocollo. Questa è la copia della conferma: conservala.
notifica-intro-rinuncia = hai ritirato la tua istanza e l'abbiamo registrato al protocollo. Questa è la copia della conferma: conservala.

notifica-titolo-ricevuta = Ricevuta
notifica-titolo-contenuto = Che cosa hai inviato
notifica-titolo-allegati = File allegati
notifica-titolo-risposta = Chi risponde ed entro quando
notifica-titolo-integrazione = Che cosa manca
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
notifica-voce-integrazione-entro = Documenti da inviare entro il
notifica-voce-entro-sospeso = Risposta al più tardi entro il
notifica-voce-protocollo-richiesta = Protocollo della richiesta di documenti
notifica-voce-protocollo-integrazione = Protocollo dei documenti aggiunti
notifica-voce-protocollo-rinuncia = Protocollo del ritiro
notifica-voce-silenzio = Se il termine passa senza risposta
notifica-voce-preso-in-carico = Presa in carico il
notifica-voce-concluso = Conclusa il
notifica-voce-firma = Ha risposto
notifica-voce-protocollo-risposta = Protocollo della risposta

notifica-data-e-ora = { $data } alle { $ora } (ora italiana)
notifica-protocollo-del = { $segnatura } del { $data }
notifica-responsabile-ufficio = il responsabile dell'ufficio, finché la pratica non è assegnata a una persona
notifica-risposte-riservate = per riservatezza non sono in questo messaggio: le trovi nella tua area personale
notifica-integrazione-riservata = Per riservatezza non ripetiamo l'elenco in questo messaggio: lo trovi nella tua area personale.
notifica-integrazione-come = Apri la pratica nella tua area personale e aggiungi quello che manca entro il { $entro }. Fino ad allora il termine per la risposta è sospeso; puoi inviare anche più tardi, ma l'ufficio può già decidere con quello che ha.
notifica-rinuncia-effetto = La pratica è chiusa: l'ufficio non prenderà una decisione. Se cambi idea puoi presentare una nuova richiesta, anche partendo da questa.
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
notifica-rimedi-appuntamento = Se non puoi venire, sposta o annulla l'appuntamento: il posto servirà a qualcun altro.
notifica-rimedi-istanza = Se il termine passa senza risposta puoi chiedere l'intervento del titolare del potere sostitutivo (legge 241/1990, articolo 2, comma 9-bis), che conclude il procedimento entro la metà del termine originario. Puoi anche ricorrere al Tribunale amministrativo regionale contro il silenzio, finché dura e comunque entro un anno dalla scadenza del termine (codice del processo amministrativo, articolo 31).

notifica-copia-di-cortesia = Questo messaggio è una copia di cortesia e non ha valore di notificazione: le comunicazioni con valore legale arrivano al tuo domicilio digitale, se ne hai eletto uno (codice dell'amministrazione digitale, articolo 3-bis). Fa fede quanto è registrato al protocollo.

# Appointments.
notifica-oggetto-prenotazione = { $oggetto } - prenotato per { $quando } - { $codice }
notifica-oggetto-conferma = { $oggetto } - confermato per { $quando } - { $codice }
notifica-oggetto-spostamento = { $oggetto } - spostato a { $quando } - { $codice }
notifica-oggetto-annullamento = { $oggetto } - annullato: { $quando } - { $codice }
notifica-oggetto-promemoria = Promemoria: { $oggetto } - { $quando } - { $codice }
notifica-oggetto-offerta = { $oggetto } - c'è un posto prima: { $quando } - { $codice }

notifica-intro-prenotazione = il tuo appuntamento è prenotato. In allegato c'è il file per il tuo calendario.
notifica-intro-prenotazione-da-confermare = abbiamo ricevuto la tua richiesta di appuntamento. L'ufficio la deve ancora confermare: ti scriveremo di nuovo.
notifica-intro-conferma = l'ufficio ha confermato il tuo appuntamento.
notifica-intro-spostamento = il tuo appuntamento è stato spostato. Questi sono il nuovo giorno e la nuova ora; il file allegato aggiorna il tuo calendario.
notifica-intro-annullamento = hai annullato il tuo appuntamento. Il file allegato lo toglie dal tuo calendario.
notifica-intro-annullamento-ufficio = l'ufficio ha dovuto annullare il tuo appuntamento e si scusa per il disagio. Il file allegato lo toglie dal tuo calendario.
notifica-intro-promemoria = ti ricordiamo il tuo appuntamento.
notifica-intro-offerta = si è liberato un posto prima del tuo appuntamento, e sei in lista d'attesa: lo teniamo per te.

notifica-titolo-appuntamento = Il tuo appuntamento
notifica-titolo-appuntamento-annullato = L'appuntamento annullato
notifica-titolo-appuntamento-ora = Il tuo appuntamento di adesso
notifica-titolo-cosa-serve = Che cosa portare
notifica-titolo-se-non-puoi = Se non puoi venire
notifica-titolo-offerta = Il posto che ti offriamo

notifica-voce-quando = Quando
notifica-voce-dove = Dove
notifica-voce-indicazioni = Come arrivare
notifica-voce-accessibile = Accesso in carrozzina
notifica-voce-telefono = Telefono
notifica-voce-codice-appuntamento = Codice dell'appuntamento
notifica-voce-motivo-ufficio = Motivo indicato dall'ufficio

notifica-accessibile-si = sì
notifica-accessibile-no = no: telefona all'ufficio per farti aiutare
notifica-appuntamento-fino = { $inizio } (fino alle { $fine })
notifica-appuntamento-motivo-riservato = per riservatezza non è in questo messaggio: lo trovi nella tua area personale
notifica-appuntamento-sposta = Puoi spostare o annullare l'appuntamento fino a { $entro }, senza accedere, da questo indirizzo:
notifica-appuntamento-collegamento = L'indirizzo è solo tuo: chi lo conosce può spostare e annullare questo appuntamento.
notifica-appuntamento-sposta-area = Puoi spostare o annullare l'appuntamento fino a { $entro } nella tua area personale:
notifica-appuntamento-troppo-tardi = Non è più possibile spostarlo o annullarlo da qui: avvisa l'ufficio per telefono, così il posto servirà a qualcun altro.
notifica-appuntamento-prenota-altro = Se ti serve ancora, puoi prenotare un altro appuntamento:
notifica-appuntamento-cortesia = Questo messaggio è una copia di cortesia e non ha valore di notificazione.
notifica-offerta-entro = Puoi accettarlo o rifiutarlo fino a { $entro } da questo collegamento, che è personale e non chiede di accedere:
notifica-offerta-entro-area = Puoi accettarlo fino a { $entro }, nella tua area personale:
notifica-offerta-senza-risposta = Se non rispondi resta tutto com'è: il tuo appuntamento non cambia e il posto va a chi viene dopo in lista.
