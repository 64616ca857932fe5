# Why something was not accepted, and how to mend it. Key: rifiuto-<code>.
rifiuto-obbligatorio = Questo campo è obbligatorio: scrivi qui la tua risposta.
rifiuto-testo-corto = Il testo è troppo breve: scrivi almeno { $min } caratteri.
rifiuto-testo-lungo = Il testo è troppo lungo: hai scritto { $attuale } caratteri, il massimo è { $max }.
rifiuto-caratteri-non-ammessi = Il testo contiene caratteri che non possiamo registrare: cancellali e riscrivi il testo.
rifiuto-categoria-sconosciuta = Scegli una delle categorie dell'elenco.
rifiuto-coordinata-non-valida = La posizione sulla mappa non è valida: indicala di nuovo oppure scrivi soltanto l'indirizzo.
rifiuto-troppi-allegati = Puoi allegare al massimo { $max } file.
rifiuto-troppe-bozze = Hai già { $max } richieste iniziate e non inviate, il massimo: inviane o eliminane una prima di iniziarne un'altra.
rifiuto-bozza-cambiata = Questa bozza è stata modificata da un altro dispositivo o in un'altra finestra: ricarica la pagina per vedere le ultime risposte salvate.
rifiuto-bozza-troppo-grande = Le risposte sono troppo lunghe per essere salvate: lo spazio per una richiesta è di { $max } KB. Accorcia i testi più lunghi.
rifiuto-profilo-troppo-grande = I tuoi dati occupano troppo spazio: il massimo è { $max } KB. Togli quelli che non servono più.
rifiuto-allegato-ripetuto = Hai allegato due volte lo stesso file: togline uno.
rifiuto-allegato-sconosciuto = Un file allegato non c'è più: caricalo di nuovo.
rifiuto-servizio-sconosciuto = Questo servizio non esiste o è cambiato: torna alla pagina dei servizi e ricomincia da lì.
rifiuto-modulo-non-valido = Il modulo non è compilato nel modo previsto: ricarica la pagina e compilalo di nuovo.
rifiuto-modulo-incompleto = Il modulo non è completo: controlla i campi obbligatori.
rifiuto-campo-sconosciuto = Il modulo contiene un campo che il servizio non prevede.
rifiuto-codice-fiscale-non-valido = Il codice fiscale non è corretto: controlla di averlo copiato per intero, senza errori.
rifiuto-telefono-non-valido = Il numero di telefono non è corretto: usa solo cifre, spazi e il segno +.
rifiuto-livello-identita = Per questo servizio devi accedere con un'identità digitale di livello { $minimo } o superiore.
rifiuto-gia-inviata = Questa pratica è già stata inviata.
rifiuto-pratica-inesistente = Questa pratica non esiste.
rifiuto-stato-non-ammesso = { $stato ->
    [protocollata] La pratica deve prima essere presa in carico.
    [presa-in-carico] La pratica è presa in carico: il passo successivo è avviare la lavorazione.
    [in-lavorazione] La pratica è già in lavorazione: il passo successivo è concluderla con un messaggio.
    [conclusa] La pratica è già conclusa.
   *[altro] La pratica non può fare questo passo adesso.
 }
rifiuto-non-autorizzato = Non hai i permessi per questa operazione.
rifiuto-nessuna-modifica = Non hai cambiato nulla: indica un nuovo ufficio o una nuova classifica.
rifiuto-protocollo-mancante = La registrazione di protocollo non è riuscita: riprova tra poco.
rifiuto-termine-non-calcolabile = Non riusciamo a calcolare il termine di risposta: riprova tra poco.
rifiuto-chiave-riusata = Questa chiave è già stata usata per un invio con un contenuto diverso: per un nuovo invio usa una nuova chiave.
rifiuto-chiave-non-valida = La chiave di idempotenza deve avere da 1 a { $max } caratteri.
rifiuto-classifica-sconosciuta = Questa classifica non esiste nel titolario.
rifiuto-ufficio-sconosciuto = Questo ufficio non esiste.
rifiuto-file-troppo-grande = Il file è troppo grande: il massimo è { $max } MB. Se è una foto, scattala con una risoluzione più bassa.
rifiuto-file-vuoto = Il file è vuoto: scegline un altro.
rifiuto-formato-non-ammesso = Questo tipo di file non è ammesso: puoi allegare foto (JPEG, PNG, WebP, HEIC), documenti (PDF, ODT, DOCX, testo) e documenti firmati (p7m).
rifiuto-formato-non-corrispondente = Il contenuto del file non corrisponde al suo nome: è dichiarato come { $dichiarato } ma contiene altro. Scegli il file originale.
rifiuto-caricamento-interrotto = Il caricamento si è interrotto: riprova.
rifiuto-file-mancante = Scegli un file da caricare.
rifiuto-file-sospetto = Il file contiene parti nascoste o troppo grandi e non possiamo accettarlo: salvalo di nuovo con il programma con cui l'hai creato, senza macro e senza file al suo interno.
rifiuto-file-danneggiato = Il file è danneggiato e non si apre: salvalo di nuovo e riprova.
rifiuto-file-infetto = Il nostro antivirus ha riconosciuto un virus in questo file e non l'ha accettato: controlla il tuo dispositivo e scegli un altro file.
rifiuto-troppi-caricamenti = Nelle ultime 24 ore hai già caricato { $max } file, il massimo: riprova domani.
rifiuto-spazio-esaurito = I file che hai caricato e non hai ancora inviato occupano già { $max } MB, il massimo: invia la pratica che stai compilando oppure riprova domani.
rifiuto-dato-non-piu-disponibile = Questo documento non è più disponibile: i dati personali che conteneva sono stati cancellati.
