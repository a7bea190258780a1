"""Fixed phrases of forms and questionnaires, in the languages of the instruments.

Like the questions, the Romanian, Italian and Greek phrases are drafts until somebody has reviewed them.
"""

from __future__ import annotations

from collections.abc import Mapping

PHRASES: Mapping[str, Mapping[str, str]] = {
    "person_number": {
        "en": "Person number",
        "ro": "Numărul persoanei",
        "it": "Numero della persona",
        "el": "Αριθμός συμμετέχουσας",
    },
    "person_number_hint": {
        "en": "The number the study uses for her. Never a name.",
        "ro": "Numărul folosit în studiu. Niciodată un nume.",
        "it": "Il numero usato nello studio. Mai un nome.",
        "el": "Ο αριθμός που χρησιμοποιεί η μελέτη. Ποτέ όνομα.",
    },
    "wave": {
        "en": "Which conversation is this?",
        "ro": "A câta conversație este?",
        "it": "Quale colloquio è?",
        "el": "Ποια συνομιλία είναι;",
    },
    "gate_ends": {
        "en": "Stop here. End the conversation in a way that is safe for her and ask nothing else.",
        "ro": "Opriți-vă aici. Încheiați conversația în siguranță pentru ea și nu mai întrebați nimic.",
        "it": "Fermatevi qui. Chiudete il colloquio in modo sicuro per lei e non chiedete altro.",
        "el": "Σταματήστε εδώ. Κλείστε τη συνομιλία με ασφάλεια για εκείνη και μη ρωτήσετε τίποτε άλλο.",
    },
    "gate_ends_self": {
        "en": "If any answer above is not “{answer}”, stop here and put this away. You need not explain.",
        "ro": "Dacă vreun răspuns de mai sus nu este „{answer}”, opriți-vă aici și puneți chestionarul deoparte.",
        "it": "Se una risposta qui sopra non è «{answer}», fermatevi qui e mettete via il questionario.",
        "el": "Αν κάποια απάντηση παραπάνω δεν είναι «{answer}», σταματήστε εδώ και φυλάξτε το ερωτηματολόγιο.",
    },
    "gate_ends_script": {
        "en": "Go on only if every answer above is “{answer}”. If not:",
        "ro": "Continuați numai dacă toate răspunsurile de mai sus sunt „{answer}”. Dacă nu:",
        "it": "Continuate solo se tutte le risposte qui sopra sono «{answer}». Altrimenti:",
        "el": "Συνεχίστε μόνο αν όλες οι παραπάνω απαντήσεις είναι «{answer}». Αν όχι:",
    },
    "or_write": {
        "en": "Or write {codes}",
        "ro": "Sau scrieți {codes}",
        "it": "Oppure scrivete {codes}",
        "el": "Ή γράψτε {codes}",
    },
    "allowed": {
        "en": "Allowed: {values}",
        "ro": "Permis: {values}",
        "it": "Ammesso: {values}",
        "el": "Επιτρέπεται: {values}",
    },
    "from_to": {
        "en": "{low} to {high}",
        "ro": "{low} până la {high}",
        "it": "da {low} a {high}",
        "el": "{low} έως {high}",
    },
    "office": {"en": "For the office", "ro": "Pentru birou", "it": "Per l’ufficio", "el": "Για το γραφείο"},
    "office_after": {
        "en": "For the office, afterwards",
        "ro": "Pentru birou, la sfârșit",
        "it": "Per l’ufficio, alla fine",
        "el": "Για το γραφείο, στο τέλος",
    },
    "ask_if": {
        "en": "Ask only if {condition}.",
        "ro": "Întrebați numai dacă {condition}.",
        "it": "Chiedete solo se {condition}.",
        "el": "Ρωτήστε μόνο αν {condition}.",
    },
    "answer_if": {
        "en": "Answer only if {condition}.",
        "ro": "Răspundeți numai dacă {condition}.",
        "it": "Rispondete solo se {condition}.",
        "el": "Απαντήστε μόνο αν {condition}.",
    },
    "all_if": {
        "en": "This whole part: {routing}",
        "ro": "Toată această parte: {routing}",
        "it": "Tutta questa parte: {routing}",
        "el": "Όλο αυτό το μέρος: {routing}",
    },
    "first_only": {
        "en": "Only the first time.",
        "ro": "Numai prima dată.",
        "it": "Solo la prima volta.",
        "el": "Μόνο την πρώτη φορά.",
    },
    "waves_only": {
        "en": "Only at: {waves}.",
        "ro": "Numai la: {waves}.",
        "it": "Solo a: {waves}.",
        "el": "Μόνο σε: {waves}.",
    },
    "is_one": {
        "en": "{item} is {answers}",
        "ro": "{item} este {answers}",
        "it": "{item} è {answers}",
        "el": "{item} είναι {answers}",
    },
    "is_not": {
        "en": "{item} is not {answers}",
        "ro": "{item} nu este {answers}",
        "it": "{item} non è {answers}",
        "el": "{item} δεν είναι {answers}",
    },
    "is_answered": {
        "en": "{item} was answered",
        "ro": "s-a răspuns la {item}",
        "it": "a {item} si è risposto",
        "el": "δόθηκε απάντηση στο {item}",
    },
    "not_answered": {
        "en": "{item} was not answered",
        "ro": "nu s-a răspuns la {item}",
        "it": "a {item} non si è risposto",
        "el": "δεν δόθηκε απάντηση στο {item}",
    },
    "more": {
        "en": "{left} is more than {right}",
        "ro": "{left} este mai mult de {right}",
        "it": "{left} è più di {right}",
        "el": "{left} είναι πάνω από {right}",
    },
    "less": {
        "en": "{left} is less than {right}",
        "ro": "{left} este mai puțin de {right}",
        "it": "{left} è meno di {right}",
        "el": "{left} είναι κάτω από {right}",
    },
    "at_least": {
        "en": "{left} is {right} or more",
        "ro": "{left} este {right} sau mai mult",
        "it": "{left} è {right} o più",
        "el": "{left} είναι {right} ή περισσότερο",
    },
    "at_most": {
        "en": "{left} is {right} or less",
        "ro": "{left} este {right} sau mai puțin",
        "it": "{left} è {right} o meno",
        "el": "{left} είναι {right} ή λιγότερο",
    },
    "counted": {
        "en": "the number of these that are true: {parts}",
        "ro": "numărul celor adevărate dintre: {parts}",
        "it": "il numero di quelle vere tra: {parts}",
        "el": "το πλήθος όσων ισχύουν από: {parts}",
    },
    "highest": {
        "en": "the highest of {parts}",
        "ro": "cea mai mare dintre {parts}",
        "it": "la più alta tra {parts}",
        "el": "η μεγαλύτερη από {parts}",
    },
    "lowest": {
        "en": "the lowest of {parts}",
        "ro": "cea mai mică dintre {parts}",
        "it": "la più bassa tra {parts}",
        "el": "η μικρότερη από {parts}",
    },
    "opposite": {
        "en": "it is not so that {part}",
        "ro": "nu este adevărat că {part}",
        "it": "non è vero che {part}",
        "el": "δεν ισχύει ότι {part}",
    },
    "and": {"en": "and", "ro": "și", "it": "e", "el": "και"},
    "or": {"en": "or", "ro": "sau", "it": "o", "el": "ή"},
    "script": {
        "en": "Interviewer script",
        "ro": "Ghidul intervievatoarei",
        "it": "Guida per l’intervistatrice",
        "el": "Οδηγός συνέντευξης",
    },
    "self_complete": {"en": "Questionnaire", "ro": "Chestionar", "it": "Questionario", "el": "Ερωτηματολόγιο"},
    "before_begin": {
        "en": "Before you begin",
        "ro": "Înainte de a începe",
        "it": "Prima di cominciare",
        "el": "Πριν αρχίσετε",
    },
    "script_1": {
        "en": "Safety comes first. Begin with “{gate}” and go on only if every answer allows it.",
        "ro": "Siguranța este pe primul loc. Începeți cu „{gate}” și continuați numai dacă toate răspunsurile permit.",
        "it": "La sicurezza viene prima. Cominciate da «{gate}» e continuate solo se ogni risposta lo permette.",
        "el": "Η ασφάλεια προηγείται. Αρχίστε με «{gate}» και συνεχίστε μόνο αν κάθε απάντηση το επιτρέπει.",
    },
    "script_2": {
        "en": "Say what stands in ordinary type. What stands in a grey box is for you alone.",
        "ro": "Spuneți textul scris normal. Ce este în casetele gri este numai pentru dumneavoastră.",
        "it": "Dite ciò che è scritto in caratteri normali. I riquadri grigi sono solo per voi.",
        "el": "Διαβάστε ό,τι είναι με κανονικά γράμματα. Τα γκρίζα πλαίσια είναι μόνο για εσάς.",
    },
    "script_3": {
        "en": "If you do not know an answer that decides whether to ask, ask.",
        "ro": "Dacă nu știți un răspuns de care depinde întrebarea, întrebați.",
        "it": "Se non sapete una risposta da cui dipende la domanda, chiedete.",
        "el": "Αν δεν ξέρετε μια απάντηση από την οποία εξαρτάται η ερώτηση, ρωτήστε.",
    },
    "script_4": {
        "en": "She may leave out any question. Write down that she did; never guess.",
        "ro": "Poate sări peste orice întrebare. Notați acest lucru; nu ghiciți niciodată.",
        "it": "Può saltare qualsiasi domanda. Segnatelo; non indovinate mai.",
        "el": "Μπορεί να παραλείψει οποιαδήποτε ερώτηση. Σημειώστε το· μη μαντεύετε ποτέ.",
    },
    "self_1": {
        "en": "Fill this in only where you are safe and nobody can look over your shoulder.",
        "ro": "Completați numai într-un loc sigur, unde nu vă poate vedea nimeni.",
        "it": "Compilate solo dove siete al sicuro e nessuno può guardare.",
        "el": "Συμπληρώστε το μόνο όπου είστε ασφαλής και κανείς δεν μπορεί να δει.",
    },
    "self_2": {
        "en": "You may leave out any question, and stop whenever you like.",
        "ro": "Puteți sări peste orice întrebare și vă puteți opri oricând.",
        "it": "Potete saltare qualsiasi domanda e fermarvi quando volete.",
        "el": "Μπορείτε να παραλείψετε οποιαδήποτε ερώτηση και να σταματήσετε όποτε θέλετε.",
    },
    "self_3": {
        "en": "Tick one box for each question. Do not write names, places or dates.",
        "ro": "Bifați o singură casetă la fiecare întrebare. Nu scrieți nume, locuri sau date.",
        "it": "Segnate una casella per ogni domanda. Non scrivete nomi, luoghi o date.",
        "el": "Σημειώστε ένα κουτάκι σε κάθε ερώτηση. Μη γράφετε ονόματα, τόπους ή ημερομηνίες.",
    },
    "card": {
        "en": "Response card {letter}",
        "ro": "Fișa de răspuns {letter}",
        "it": "Scheda {letter}",
        "el": "Κάρτα {letter}",
    },
    "answers_on": {
        "en": "Answers: card {letter}",
        "ro": "Răspunsuri: fișa {letter}",
        "it": "Risposte: scheda {letter}",
        "el": "Απαντήσεις: κάρτα {letter}",
    },
    "looks_back": {
        "en": "Looks back on {period}",
        "ro": "Se referă la {period}",
        "it": "Si riferisce a {period}",
        "el": "Αφορά {period}",
    },
    "minutes": {
        "en": "about {minutes} minutes",
        "ro": "circa {minutes} minute",
        "it": "circa {minutes} minuti",
        "el": "περίπου {minutes} λεπτά",
    },
    "self_spoken": {
        "en": "Written for a conversation: before you print it, change the words about talking, calling and hanging "
        "up, above all those on safety, with people who know what is safe.",
        "ro": "Scris pentru o conversație: înainte de tipărire, schimbați cuvintele despre vorbit, sunat și închis "
        "telefonul, mai ales cele despre siguranță, împreună cu cei care știu ce este sigur.",
        "it": "Scritto per un colloquio: prima di stamparlo cambiate le parole sul parlare, chiamare e riagganciare, "
        "soprattutto quelle sulla sicurezza, con chi sa che cosa è sicuro.",
        "el": "Γράφτηκε για συνομιλία: πριν τυπωθεί, αλλάξτε τα λόγια για ομιλία, κλήση και κλείσιμο, "
        "κυρίως όσα αφορούν την ασφάλεια, μαζί με όσους ξέρουν τι είναι ασφαλές.",
    },
    "draft": {
        "en": "Draft: do not use it with anybody before it has been reviewed.",
        "ro": "Proiect: nu se folosește înainte de a fi revizuit.",
        "it": "Bozza: non usatela prima che sia stata rivista.",
        "el": "Προσχέδιο: να μη χρησιμοποιηθεί πριν ελεγχθεί.",
    },
    "date_parts": {
        "en": "day / month / year",
        "ro": "zi / lună / an",
        "it": "giorno / mese / anno",
        "el": "ημέρα / μήνας / έτος",
    },
    "thanks": {
        "en": "Thank you.",
        "ro": "Vă mulțumim.",
        "it": "Grazie.",
        "el": "Σας ευχαριστούμε.",
    },
    "rights": {
        "en": "Rights and source",
        "ro": "Drepturi și sursă",
        "it": "Diritti e fonte",
        "el": "Δικαιώματα και πηγή",
    },
}


def phrase(name: str, language: str, **parts: str) -> str:
    """Return a phrase in a language, in English where that lacks.

    Examples
    --------
    >>> phrase("minutes", "it", minutes="5")
    'circa 5 minuti'
    """
    texts = PHRASES[name]
    return texts.get(language, texts["en"]).format(**parts)
