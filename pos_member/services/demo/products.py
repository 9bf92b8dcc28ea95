"""What the demo shops sell: 300 goods of a café with its bakery and of the grocery beside it.

The lists are short lines of ``Thai|English|price in baht``; a group may come in variants (sizes, roasts) which
add words and money. Products and categories get their codes from their place, so a line added at the end of a
group changes none before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pos_member.domain.check_digits import gs1_digit
from pos_member.domain.money import SATANG_PER_BAHT
from pos_member.domain.org import Brand, Category, Product
from pos_member.services.demo.ids import demo_id

CAFE, GROCERY = 0, 1
COFFEE_BEANS = "coffee_beans"
_ONE = (("", "", 0),)
_CUPS_HOT = ((" ถ้วยเล็ก", ", small cup", 0), (" ถ้วยใหญ่", ", large cup", 15))
_CUPS_ICED = ((" 16 ออนซ์", ", 16 oz", 0), (" 22 ออนซ์", ", 22 oz", 15))
_ROASTS = (
    (" คั่วอ่อน 250 กรัม", ", light roast, 250 g", 0),
    (" คั่วกลาง 250 กรัม", ", medium roast, 250 g", 0),
    (" คั่วเข้ม 250 กรัม", ", dark roast, 250 g", 10),
)
_BOTTLES = ((" ขวดเล็ก", ", small bottle", 0), (" ขวดใหญ่", ", large bottle", 12))
_BAGS = ((" ซองเล็ก", ", small bag", 0), (" ถุงใหญ่", ", large bag", 25))
_RICE = ((" 1 กก.", ", 1 kg", 0), (" 5 กก.", ", 5 kg", 150))


@dataclass(frozen=True)
class _Group:
    """One category (or sub-category) and its goods. ``parent`` is the code of the category above."""

    code: str
    name_th: str
    name_en: str
    brand: int
    goods: str = ""
    variants: tuple[tuple[str, str, int], ...] = _ONE
    tags: tuple[str, ...] = ()
    parent: str = ""


_GROUPS = (
    _Group("coffee", "กาแฟ", "Coffee", CAFE),
    _Group(
        "coffee_hot", "กาแฟร้อน", "Hot coffee", CAFE,
        "เอสเปรสโซ|Espresso|45;อเมริกาโนร้อน|Americano|50;ลาเต้ร้อน|Latte|60;คาปูชิโนร้อน|Cappuccino|60;"
        "มอคค่าร้อน|Mocha|65;แฟลตไวต์|Flat white|65;มัคคิอาโต|Macchiato|60;คาราเมลลาเต้ร้อน|Caramel latte|70",
        _CUPS_HOT, parent="coffee",
    ),
    _Group(
        "coffee_iced", "กาแฟเย็น", "Iced coffee", CAFE,
        "อเมริกาโนเย็น|Iced americano|55;ลาเต้เย็น|Iced latte|65;คาปูชิโนเย็น|Iced cappuccino|65;"
        "มอคค่าเย็น|Iced mocha|70;เอสเปรสโซเย็น|Iced espresso|60;กาแฟส้ม|Orange coffee|75;"
        "กาแฟมะพร้าว|Coconut coffee|75;โอเลี้ยง|Oliang black coffee|35;กาแฟโบราณเย็น|Traditional iced coffee|40;"
        "กาแฟดริปเย็น|Iced drip coffee|90",
        _CUPS_ICED, parent="coffee",
    ),
    _Group(
        "tea", "ชา โกโก้ และนม", "Tea, cocoa and milk", CAFE,
        "ชาไทยเย็น|Thai iced tea|45;ชามะนาว|Lime tea|45;ชาเขียวนม|Green milk tea|50;ชาดำเย็น|Iced black tea|40;"
        "โกโก้เย็น|Iced cocoa|55;นมชมพู|Pink milk|45;นมสดเย็น|Iced fresh milk|45;ชาอู่หลง|Oolong tea|50;"
        "น้ำผึ้งมะนาวโซดา|Honey lime soda|55;สตรอว์เบอร์รีโซดา|Strawberry soda|55;มัทฉะลาเต้|Matcha latte|80;"
        "ชาไทยปั่น|Thai tea frappe|60",
        _CUPS_ICED,
    ),
    _Group(
        "beans", "เมล็ดกาแฟ", "Coffee beans", CAFE,
        "เมล็ดกาแฟเชียงราย|Chiang Rai beans|290;เมล็ดกาแฟเชียงใหม่|Chiang Mai beans|290;เมล็ดกาแฟน่าน|Nan beans|320;"
        "เมล็ดกาแฟแม่ฮ่องสอน|Mae Hong Son beans|310;เมล็ดกาแฟชุมพร|Chumphon robusta beans|240;"
        "เมล็ดกาแฟระนอง|Ranong robusta beans|240;เมล็ดกาแฟสูตรร้าน|House blend beans|260;"
        "เมล็ดกาแฟเอสเปรสโซเบลนด์|Espresso blend beans|275",
        _ROASTS, (COFFEE_BEANS,),
    ),
    _Group("bakery", "เบเกอรี่", "Bakery", CAFE),
    _Group(
        "bread", "ขนมปัง", "Bread", CAFE,
        "ครัวซองต์เนยสด|Butter croissant|65;ครัวซองต์ช็อกโกแลต|Chocolate croissant|75;"
        "ครัวซองต์แฮมชีส|Ham and cheese croissant|85;ขนมปังโฮลวีต|Whole-wheat loaf|55;ขนมปังลูกเกด|Raisin bread|60;"
        "ขนมปังกระเทียม|Garlic bread|45;บาแกตต์|Baguette|59;เบเกิลงา|Sesame bagel|45;"
        "ขนมปังสังขยา|Pandan custard bun|35;ขนมปังไส้กรอก|Sausage bun|35;ขนมปังหมูหยอง|Pork floss bun|38;"
        "ขนมปังเนยน้ำตาล|Butter sugar toast|30;ฟอคคาเชีย|Focaccia|70;ขนมปังปอนด์|White loaf|45",
        parent="bakery",
    ),
    _Group(
        "cake", "เค้กและคุกกี้", "Cakes and biscuits", CAFE,
        "เค้กช็อกโกแลต|Chocolate cake|85;เค้กส้ม|Orange cake|75;เค้กมะพร้าวอ่อน|Young coconut cake|85;"
        "เค้กชาไทย|Thai tea cake|85;ชีสเค้ก|Cheesecake|110;บราวนี่|Brownie|55;เค้กกล้วยหอม|Banana cake|40;"
        "คุกกี้ช็อกชิป|Chocolate chip cookie|35;มาการอง|Macaron|45;ทาร์ตไข่|Egg tart|30;พายสับปะรด|Pineapple pie|35;"
        "เค้กแครอต|Carrot cake|80;ชิฟฟอนใบเตย|Pandan chiffon|60;โรลสตรอว์เบอร์รี|Strawberry roll|65;"
        "เค้กช็อกโกแลต 1 ปอนด์|Chocolate cake, 1 lb|450;เค้กส้ม 1 ปอนด์|Orange cake, 1 lb|420;"
        "เค้กมะพร้าวอ่อน 1 ปอนด์|Young coconut cake, 1 lb|480;ชีสเค้ก 1 ปอนด์|Cheesecake, 1 lb|590;"
        "เค้กผลไม้ 1 ปอนด์|Fruit cake, 1 lb|520;คุกกี้รวมกล่อง|Assorted cookies, box|220",
        parent="bakery",
    ),
    _Group(
        "savoury", "อาหารว่าง", "Savoury", CAFE,
        "แซนด์วิชแฮมชีส|Ham and cheese sandwich|65;แซนด์วิชทูน่า|Tuna sandwich|65;แซนด์วิชไข่|Egg sandwich|49;"
        "แซนด์วิชอกไก่|Chicken sandwich|69;คลับแซนด์วิช|Club sandwich|95;สลัดอกไก่|Chicken salad|89;"
        "สลัดผักรวม|Garden salad|69;ข้าวปั้นแซลมอน|Salmon rice ball|45;ซาลาเปาหมูสับ|Minced pork bun|28;"
        "ซาลาเปาไส้ครีม|Custard steamed bun|25;ขนมจีบหมู|Pork dumplings|39;ไส้กรอกย่าง|Grilled sausage|35;"
        "เกี๊ยวซ่า|Gyoza|59;พายไก่|Chicken pie|45;กะหรี่ปั๊บไก่|Chicken curry puff|20;ปอเปี๊ยะทอด|Spring rolls|49;"
        "ข้าวกะเพราไก่|Basil chicken rice|65;ข้าวผัดปู|Crab fried rice|89;ข้าวไข่เจียวหมูสับ|Pork omelette rice|55;"
        "ผัดไทยกุ้งสด|Prawn pad thai|85",
    ),
    _Group(
        "sweets", "ขนมไทย", "Thai sweets", CAFE,
        "ทองหยอด|Thong yot|40;ทองหยิบ|Thong yip|40;ฝอยทอง|Foi thong|45;เม็ดขนุน|Met khanun|40;ขนมชั้น|Layer cake|35;"
        "ตะโก้เผือก|Taro tako|35;ลูกชุบ|Luk chup|50;ข้าวต้มมัด|Banana sticky rice parcel|20;"
        "กล้วยบวชชี|Banana in coconut milk|35;บัวลอยไข่หวาน|Bua loi with sweet egg|45;"
        "สังขยาฟักทอง|Pumpkin custard|50;ข้าวเหนียวมะม่วง|Mango sticky rice|99;ขนมถ้วย|Coconut cup cakes|30;"
        "ขนมครก|Coconut griddle cakes|35;ขนมเปียกปูน|Black coconut jelly|30;วุ้นกะทิ|Coconut agar|25;"
        "ลอดช่องน้ำกะทิ|Lot chong in coconut milk|35;ข้าวเหนียวดำเปียก|Black sticky rice pudding|35;"
        "ขนมหม้อแกง|Mung bean custard|45;กล้วยตาก|Sun-dried bananas|60;ครองแครงกรอบ|Crispy krong kraeng|40;"
        "ถั่วแปบ|Mung bean rice rolls|30",
    ),
    _Group(
        "bottled", "น้ำดื่มและเครื่องดื่ม", "Water and soft drinks", GROCERY,
        "น้ำดื่ม|Drinking water|7;น้ำแร่|Mineral water|12;โซดา|Soda water|10;น้ำส้มคั้น|Orange juice|28;"
        "น้ำมะพร้าว|Coconut water|25;น้ำเก๊กฮวย|Chrysanthemum drink|18;น้ำลำไย|Longan drink|20;"
        "น้ำกระเจี๊ยบ|Roselle drink|18;น้ำใบเตย|Pandan drink|18;น้ำตะไคร้|Lemongrass drink|18;"
        "ชาเขียวไม่หวาน|Unsweetened green tea|20;นมถั่วเหลือง|Soy milk|15",
        _BOTTLES,
    ),
    _Group(
        "snacks", "ขนมขบเคี้ยว", "Snacks", GROCERY,
        "มันฝรั่งทอดรสดั้งเดิม|Potato crisps, original|20;มันฝรั่งทอดรสสาหร่าย|Potato crisps, seaweed|20;"
        "มันฝรั่งทอดรสต้มยำ|Potato crisps, tom yum|20;ข้าวเกรียบกุ้ง|Prawn crackers|15;กล้วยฉาบ|Banana chips|25;"
        "เผือกทอด|Taro chips|25;สาหร่ายทอด|Fried seaweed|22;ถั่วลิสงอบเกลือ|Salted peanuts|15;"
        "เม็ดมะม่วงหิมพานต์|Cashew nuts|45;ทุเรียนทอด|Durian chips|60;เวเฟอร์วานิลลา|Vanilla wafers|18;"
        "ลูกอมมะขาม|Tamarind sweets|12;มะม่วงอบแห้ง|Dried mango|45;ปลาเส้น|Fish strips|15;"
        "ข้าวแต๋นน้ำแตงโม|Crispy rice cakes|30",
        _BAGS,
    ),
    _Group(
        "rice", "ข้าวสาร", "Rice", GROCERY,
        "ข้าวหอมมะลิ|Jasmine rice|48;ข้าวเหนียว|Sticky rice|45;ข้าวกล้อง|Brown rice|50;"
        "ข้าวไรซ์เบอร์รี|Riceberry rice|75",
        _RICE,
    ),
    _Group(
        "pantry", "ของแห้งและเครื่องปรุง", "Pantry", GROCERY,
        "เส้นหมี่|Rice vermicelli|22;เส้นจันท์|Chanthaburi noodles|28;วุ้นเส้น|Glass noodles|20;"
        "บะหมี่รสหมูสับ|Instant noodles, pork|7;บะหมี่รสต้มยำกุ้ง|Instant noodles, tom yum|7;"
        "ถั่วเขียว 500 กรัม|Mung beans, 500 g|32;ถั่วแดง 500 กรัม|Red beans, 500 g|42;"
        "งาดำ 200 กรัม|Black sesame, 200 g|45;แป้งข้าวเจ้า|Rice flour|26;แป้งมัน|Tapioca starch|24;"
        "แป้งสาลี 1 กก.|Wheat flour, 1 kg|45;เห็ดหอมแห้ง|Dried shiitake|89;พริกแห้ง|Dried chillies|25;"
        "ปลากระป๋องซอสมะเขือเทศ|Mackerel in tomato sauce|24;ทูน่ากระป๋อง|Canned tuna|38;น้ำปลา|Fish sauce|32;"
        "ซีอิ๊วขาว|Light soy sauce|42;ซีอิ๊วดำ|Dark soy sauce|38;ซอสหอยนางรม|Oyster sauce|45;"
        "ซอสพริก|Chilli sauce|35;ซอสมะเขือเทศ|Ketchup|35;น้ำมันถั่วเหลือง 1 ลิตร|Soybean oil, 1 l|55;"
        "น้ำมันรำข้าว 1 ลิตร|Rice bran oil, 1 l|68;น้ำตาลทราย 1 กก.|Sugar, 1 kg|28;น้ำตาลปี๊บ|Palm sugar|40;"
        "เกลือป่น|Table salt|10;น้ำส้มสายชู|Vinegar|20;กะปิ|Shrimp paste|35;พริกแกงเขียวหวาน|Green curry paste|25;"
        "พริกแกงเผ็ด|Red curry paste|25;กะทิกล่อง|Coconut milk|32;พริกป่น|Chilli powder|20;"
        "พริกไทยป่น|Ground pepper|38;น้ำจิ้มไก่|Sweet chilli sauce|35;ซุปก้อน|Stock cubes|18;"
        "ผงกะหรี่|Curry powder|30",
    ),
    _Group(
        "dairy", "นม ไข่ และของเย็น", "Dairy, eggs and chilled", GROCERY,
        "นมจืด 830 มล.|Fresh milk, 830 ml|49;นมพร่องมันเนย 830 มล.|Low-fat milk, 830 ml|49;"
        "นมรสช็อกโกแลต|Chocolate milk|15;โยเกิร์ตธรรมชาติ|Natural yoghurt|15;"
        "โยเกิร์ตสตรอว์เบอร์รี|Strawberry yoghurt|15;เนยจืด 227 กรัม|Unsalted butter, 227 g|125;"
        "เนยเค็ม 227 กรัม|Salted butter, 227 g|125;ชีสแผ่น|Cheese slices|99;วิปปิงครีม|Whipping cream|115;"
        "ไข่ไก่ 10 ฟอง|Eggs, 10|52;ไข่ไก่ 30 ฟอง|Eggs, 30|139;ไข่เป็ด 10 ฟอง|Duck eggs, 10|75;"
        "ไข่เค็ม 4 ฟอง|Salted eggs, 4|39;นมอัลมอนด์ 1 ลิตร|Almond milk, 1 l|89;นมโอ๊ต 1 ลิตร|Oat milk, 1 l|99;"
        "เต้าหู้ไข่|Egg tofu|12;เต้าหู้แข็ง|Firm tofu|15;นมข้นหวาน|Condensed milk|28;นมข้นจืด|Evaporated milk|26",
    ),
    _Group(
        "home", "ของใช้ในบ้าน", "Household", GROCERY,
        "กระดาษทิชชู 4 กล่อง|Facial tissue, 4 boxes|79;กระดาษชำระ 6 ม้วน|Toilet paper, 6 rolls|69;"
        "น้ำยาล้างจาน|Washing-up liquid|32;ผงซักฟอก 800 กรัม|Washing powder, 800 g|65;"
        "น้ำยาปรับผ้านุ่ม|Fabric softener|49;น้ำยาถูพื้น|Floor cleaner|59;ถุงขยะ 30 ใบ|Bin bags, 30|39;"
        "ฟองน้ำล้างจาน|Sponge|15;สบู่ก้อน|Soap bar|18;แชมพู|Shampoo|89;ยาสีฟัน|Toothpaste|55;"
        "แปรงสีฟัน|Toothbrush|35;ถ่านไฟฉาย AA 4 ก้อน|AA batteries, 4|65;ไฟแช็ก|Lighter|10;เทียนไข|Candles|20;"
        "แก้วกาแฟเซรามิก|Ceramic mug|159;แก้วเก็บความเย็น|Insulated tumbler|390;ถุงผ้า|Cotton bag|89;"
        "กระดาษกรองกาแฟ|Coffee filters|95;ดริปเปอร์เซรามิก|Ceramic dripper|290;"
        "ที่บดกาแฟมือหมุน|Hand coffee grinder|690;หลอดกระดาษ|Paper straws|35;ถุงซิปล็อก|Zip bags|45",
    ),
)  # fmt: skip


def demo_categories(seed: int) -> tuple[Category, ...]:
    """Twelve categories, two of them with two sub-categories."""
    ids = {group.code: demo_id(seed, "category", group.code, place) for place, group in enumerate(_GROUPS)}
    return tuple(
        Category(ids[group.code], group.code, group.name_th, group.name_en, ids.get(group.parent)) for group in _GROUPS
    )


def demo_products(seed: int, brands: tuple[Brand, ...], categories: tuple[Category, ...]) -> tuple[Product, ...]:
    """The 300 products. Prices include VAT; barcodes are EAN-13 with the Thai prefix 885."""
    category_ids = {category.code: category.id for category in categories}
    made = (
        (group, place, name_th, name_en, baht)
        for group in _GROUPS
        for place, (name_th, name_en, baht) in enumerate(_goods(group), 1)
    )
    return tuple(
        Product(
            id=demo_id(seed, "product", f"{group.code}-{place}", number),
            sku=f"{group.code.upper().replace('_', '')[:8]}-{place:03d}",
            barcode=_barcode(number),
            name_th=name_th,
            name_en=name_en,
            category_id=category_ids[group.code],
            brand_id=brands[group.brand].id,
            price_satang=baht * SATANG_PER_BAHT,
            tags=group.tags,
        )
        for number, (group, place, name_th, name_en, baht) in enumerate(made, 1)
    )


def _goods(group: _Group) -> Iterator[tuple[str, str, int]]:
    for item in filter(None, group.goods.split(";")):
        name_th, name_en, baht = item.split("|")
        for more_th, more_en, more_baht in group.variants:
            yield name_th + more_th, name_en + more_en, int(baht) + more_baht


def _barcode(number: int) -> str:
    body = f"8859990{number * 37 % 100_000:05d}"
    return body + gs1_digit(body)
