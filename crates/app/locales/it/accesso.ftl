# Sign-in.
accesso-titolo = Accedi allo sportello
accesso-sommario = Entra con la tua identità digitale per inviare richieste e seguire le tue pratiche.
accesso-demo-titolo = Identità di prova
accesso-demo-testo = In questa dimostrazione non servono SPID o CIE. Scegli una persona inventata: entri con i suoi dati e vedi solo quello che può vedere lei.
accesso-scegli = Scegli con chi entrare
accesso-entra = Entra come { $nome }
accesso-presente = Ora sei dentro come { $nome }. Se scegli un'altra persona, cambi identità.
accesso-non-riuscito = Non è stato possibile entrare: scegli una delle persone dell'elenco e riprova.
accesso-non-disponibile-titolo = Ora non è possibile accedere
accesso-non-disponibile-testo = Il servizio che verifica l'identità non risponde oppure non è ancora attivo. Riprova più tardi.
accesso-non-disponibile-intanto = Intanto puoi:
accesso-vai-servizi = leggere le schede dei servizi
accesso-vai-assistenza = chiedere assistenza al Comune
