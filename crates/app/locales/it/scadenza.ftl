# The message that a draft is about to expire.
scadenza-bozza-oggetto = La bozza «{ $servizio }» scade il { $giorno }
scadenza-bozza-saluto = Gentile { $nome },
scadenza-bozza-testo = hai iniziato la richiesta «{ $servizio }» e non l'hai ancora inviata. La conserviamo fino al { $giorno }: dopo quel giorno la cancelliamo, insieme ai file che hai caricato, e non sarà più possibile recuperarla.
scadenza-bozza-riprendi = Per inviarla, o per conservarla ancora, apri la bozza e salvala:
scadenza-bozza-niente = Se non ti serve più, non devi fare nulla.
