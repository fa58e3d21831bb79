"""Common given and family names from which made-up people are put together; none of them belongs to a real case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one origin: men's and women's given names, family names as (man's, woman's) forms, towns."""

    language: str
    men: tuple[str, ...]
    women: tuple[str, ...]
    families: tuple[tuple[str, str], ...]
    towns: tuple[str, ...]
    country: str
    share: int  # how many of a hundred people of the state have names of this origin
    latin: tuple[str, ...] = ()  # how the state's own register writes the family names, where the script differs
    latin_men: tuple[str, ...] = ()
    latin_women: tuple[str, ...] = ()


def _same(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, name) for name in text.split(","))


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((man, woman) for man, woman in (pair.split("/") for pair in text.split(",")))


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


LATVIAN = Names(
    "lv",
    _list("Jānis,Andris,Juris,Edgars,Māris,Aivars,Kaspars,Guntis,Raimonds,Ģirts,Artūrs,Valdis,Ēriks,Uldis,Ņikita"),
    _list("Anna,Kristīne,Inese,Inga,Ilze,Līga,Dace,Sandra,Aija,Evija,Žanete,Gunta"),
    _pairs(
        "Bērziņš/Bērziņa,Kalniņš/Kalniņa,Ozoliņš/Ozoliņa,Jansons/Jansone,Krūmiņš/Krūmiņa,Zariņš/Zariņa,"
        "Balodis/Balode,Eglītis/Eglīte,Pētersons/Pētersone,Vītols/Vītola,Kļaviņš/Kļaviņa,Šmits/Šmite,"
        "Ķēniņš/Ķēniņa,Lācis/Lāce,Zālītis/Zālīte,Grīnbergs/Grīnberga"
    ),
    _list("Rīga,Daugavpils,Liepāja,Jelgava,Ventspils,Rēzekne,Valmiera,Ogre,Cēsis,Talsi"),
    "LV",
    62,
)
RUSSIAN_IN_LATVIA = Names(
    "ru",
    _list("Валерий,Сергей,Андрей,Дмитрий,Алексей,Юрий,Николай,Евгений,Виктор,Артём,Фёдор"),
    _list("Елена,Наталья,Ольга,Ирина,Светлана,Юлия,Анна,Екатерина"),
    _pairs(
        "Иванов/Иванова,Петров/Петрова,Козлов/Козлова,Соколов/Соколова,Волков/Волкова,Щукин/Щукина,Ковалёв/Ковалёва,"
        "Зайцев/Зайцева,Морозов/Морозова,Яковлев/Яковлева,Чернов/Чернова,Жуков/Жукова"
    ),
    _list("Rīga,Daugavpils,Rēzekne,Liepāja,Jelgava"),
    "LV",
    38,
    _list("Ivanov,Petrov,Kozlov,Sokolov,Volkov,Ščukin,Kovaļov,Zaicev,Morozov,Jakovļev,Černov,Žukov"),
    _list("Valērijs,Sergejs,Andrejs,Dmitrijs,Aleksejs,Jurijs,Nikolajs,Jevgēņijs,Viktors,Artjoms,Fjodors"),
    _list("Jeļena,Natālija,Olga,Irina,Svetlana,Jūlija,Anna,Jekaterina"),
)
DUTCH = Names(
    "nl",
    _list("Jan,Pieter,Willem,Daan,Sander,Bram,Joost,Mark,Ruben,Thijs,Kees,Jeroen,Stijn"),
    _list("Anna,Maria,Sanne,Lotte,Eva,Femke,Marieke,Ilse,Anouk,Noor"),
    _same(
        "de Jong,Jansen,de Vries,van den Berg,van Dijk,Bakker,Visser,Smit,Meijer,Mulder,de Groot,Bos,Vos,Peters,"
        "Hendriks,van der Meer,IJsselstein,'t Hart,van 't Hof,Kuijpers"
    ),
    _list("Rotterdam,Amsterdam,Utrecht,Eindhoven,Groningen,Tilburg,Breda,Arnhem,'s-Hertogenbosch,Leeuwarden"),
    "NL",
    74,
)
ARABIC_IN_THE_NETHERLANDS = Names(
    "ar",
    _list("محمد,أحمد,يوسف,خالد,سعيد,حسن"),
    _list("فاطمة,مريم,خديجة,سميرة"),
    _same("العلوي,بنعلي,المغربي,الفاسي,حداد,الإدريسي"),
    _list("Tanger,Casablanca,Fès,Nador"),
    "MA",
    14,
    _list("El Alaoui,Benali,El Maghribi,El Fassi,Haddad,El Idrissi"),
    _list("Mohamed,Ahmed,Youssef,Khalid,Saïd,Hassan"),
    _list("Fatima,Mariam,Khadija,Samira"),
)
POLISH = Names(
    "pl",
    _list("Piotr,Krzysztof,Andrzej,Tomasz,Paweł,Łukasz,Marcin"),
    _list("Anna,Katarzyna,Małgorzata,Agnieszka,Ewa"),
    _pairs("Nowak/Nowak,Kowalski/Kowalska,Wiśniewski/Wiśniewska,Wójcik/Wójcik,Szymański/Szymańska,Dąbrowski/Dąbrowska"),
    _list("Warszawa,Łódź,Kraków,Gdańsk,Szczecin"),
    "PL",
    12,
)
SPANISH = Names(
    "es",
    _list("Antonio,José,Manuel,Francisco,David,Juan,Javier,Daniel,Jesús,Álvaro,Íñigo"),
    _list("María,Carmen,Ana,Isabel,Laura,Cristina,Lucía,Begoña"),
    _same("García,Rodríguez,González,Fernández,López,Martínez,Sánchez,Pérez,Gómez,Muñoz,Álvarez,Ibáñez,de la Fuente"),
    _list("Madrid,Sevilla,Valencia,Zaragoza,Málaga,Bilbao,A Coruña"),
    "ES",
    62,
)
CATALAN = Names(
    "ca",
    _list("Jordi,Marc,Oriol,Pau,Sergi,Xavier,Àlex"),
    _list("Montserrat,Núria,Laia,Mercè,Júlia"),
    _same("Puig,Ferrer,Soler,Vila,Serra,Roca,Font,Casals i Mas"),
    _list("Girona,Barcelona,Tarragona,Lleida,Figueres"),
    "ES",
    24,
)
BULGARIAN_IN_SPAIN = Names(
    "bg",
    _list("Георги,Иван,Димитър,Петър,Христо,Стоян"),
    _list("Мария,Иванка,Елена,Цветелина"),
    _pairs("Георгиев/Георгиева,Димитров/Димитрова,Щерев/Щерева,Стоянов/Стоянова,Йорданов/Йорданова"),
    _list("Sofia,Plovdiv,Varna"),
    "BG",
    14,
    _list("Georgiev,Dimitrov,Shterev,Stoyanov,Yordanov"),
    _list("Georgi,Ivan,Dimitar,Petar,Hristo,Stoyan"),
    _list("Maria,Ivanka,Elena,Tsvetelina"),
)
BY_STATE: dict[str, tuple[Names, ...]] = {
    "LV": (LATVIAN, RUSSIAN_IN_LATVIA),
    "NL": (DUTCH, ARABIC_IN_THE_NETHERLANDS, POLISH),
    "ES": (SPANISH, CATALAN, BULGARIAN_IN_SPAIN),
}
